// Why the comment is here, what the model says, who wrote it, what happened to it.
import { authorPage } from "./author-address.js";
import { copy, make } from "./dom.js";
import { ago, attribute, fillTime, t } from "./i18n.js";
import { showScores } from "./scores.js";
import { showSimilar } from "./similar.js";
import { means } from "./standing.js";
import { reasonOf, what } from "./steps.js";

/** Evidence that only stands in a rule's words: the value is there under its own name, too. */
const FOR_WORDS = new Set(["attribute", "score"]);

/** Shows all that is known about `item` in `node`; `history`, `policy` and what is similar come
    later, so they may be missing. */
export function showContext(node, item, history = null, policy = null) {
  const { root, slots } = copy("t-context");
  showWhy(slots, item, policy);
  showScores(slots, item.scores, policy);
  showAuthor(slots, item.site, item.author);
  showSimilar(slots.similar, item.similar);
  if (history) slots.history.append(...history.map((line) => step(line, policy)));
  else {
    const line = document.createElement("li");
    line.textContent = t("history.loading");
    slots.history.append(line);
  }
  node.replaceChildren(root);
}

function showWhy(slots, { why, opinion, letter, reports }, policy) {
  // What readers object to stands before what the policy said of it.
  slots.reported.hidden = !(reports > 0);
  slots.reported.textContent = reports > 0 ? t("why.reported", { count: reports }) : "";
  slots.reason.textContent = why ? why.reason || what(why) : t("why.waiting");
  if (why?.reason) slots.reason.lang = languageOf(why, policy);
  for (const [name, value] of Object.entries(why?.evidence ?? {})) {
    if (FOR_WORDS.has(name)) continue;
    slots.evidence.append(make("li", { text: `${attribute(name)} ${value}` }));
  }
  // The words of a first opinion stand with the opinion.
  const note = why?.step === "propose" ? "" : why?.note;
  slots.note.hidden = !note;
  slots.note.textContent = note ? t("why.note", { by: why.by, note }) : "";
  slots.opinion.hidden = !opinion;
  if (opinion) {
    const { by, action, reason, at } = opinion;
    slots.opinion.textContent = t(`why.opinion.${action}`, { by, reason, when: ago(at) });
  }
  slots.letter.hidden = !letter;
  if (letter) {
    const values = { error: letter.error, count: letter.times_delivered };
    slots.letter.textContent = t("why.letter", values);
  }
  slots.rule.hidden = !why?.rule;
  slots.when.hidden = true;
  if (!why?.rule) return;
  const key = why.policy_version ? "why.policy" : "why.rule";
  slots.rule.textContent = t(key, { rule: why.rule, version: why.policy_version });
  const known = policy?.version === why.policy_version;
  const rule = known ? policy.rules[why.rule] : null;
  if (rule) {
    slots.when.hidden = false;
    // How a condition reads is the server's, in English.
    const when = make("span", { lang: "en", text: rule.when });
    const [before, after] = t("why.when", { when: "\n" }).split("\n");
    slots.when.replaceChildren(before, when, after);
  }
  if (policy && why.policy_version && !(known && policy.in_force)) {
    slots.rule.textContent += ` · ${t(known ? "why.policy.older" : "why.policy.lines")}`;
  }
}

/** What a policy or a person wrote is in their language: known of the default policy alone. */
function languageOf(line, policy) {
  return policy?.default && line.policy_version === policy.version ? "en" : "";
}

function showAuthor(slots, site, author) {
  const { approved, rejected, received, standing, notes } = author;
  slots["author-page"].href = authorPage(site, author.id);
  slots.standing.hidden = standing === "none";
  if (standing !== "none") slots.standing.textContent = `${t(`standing.${standing}`)}. ${means(author)}`;
  slots.notes.hidden = !notes;
  slots.notes.textContent = t("author.notes.count", { count: notes });
  slots.author.textContent = author.name || t("comment.nameless");
  slots.record.textContent = received <= 1 ? t("author.first") : t("author.record", author);
  const [yes, no] = slots["record-bar"].children;
  yes.style.setProperty("--share", approved);
  no.style.setProperty("--share", rejected);
  yes.hidden = approved === 0;
  no.hidden = rejected === 0;
  slots["record-bar"].hidden = approved + rejected === 0;
}

function step(line, policy) {
  const { root, slots } = copy("t-step");
  slots.what.textContent = what(line);
  fillTime(slots.time, line.at);
  slots.why.textContent = line.note || reasonOf(line);
  slots.why.lang = line.note ? "" : languageOf(line, policy);
  return root;
}
