// Why the comment is here, what the model says, who wrote it, what happened to it.
import { copy } from "./dom.js";
import { fillTime, has, plain, t } from "./i18n.js";
import { level } from "./list.js";
import { what } from "./steps.js";

/** Shows all that is known about `item` in `node`; `history` comes later, so it may be missing. */
export function showContext(node, item, history = null) {
  const { root, slots } = copy("t-context");
  showWhy(slots, item.why);
  showScores(slots, item.scores);
  showAuthor(slots, item.author);
  if (history) slots.history.append(...history.map(step));
  else slots.history.textContent = t("history.loading");
  node.replaceChildren(root);
}

function showWhy(slots, why) {
  slots.reason.textContent = why ? why.reason || what(why) : t("why.waiting");
  for (const [name, value] of Object.entries(why?.evidence ?? {})) {
    const line = document.createElement("li");
    line.textContent = `${attribute(name)} ${value}`;
    slots.evidence.append(line);
  }
  slots.rule.hidden = !why?.rule;
  if (!why?.rule) return;
  const key = why.policy_version ? "why.policy" : "why.rule";
  slots.rule.textContent = t(key, { rule: why.rule, version: why.policy_version });
}

function showScores(slots, scores) {
  slots["scores-card"].hidden = !scores;
  if (!scores) return;
  for (const [name, value] of Object.entries(scores.values)) {
    const { root, slots: row } = copy("t-score");
    root.firstElementChild.dataset.level = level(value);
    row.name.textContent = attribute(name);
    row.bar.style.setProperty("--value", Math.min(1, Math.max(0, value)));
    row.value.textContent = value.toFixed(2);
    slots.scores.append(root);
  }
  const { model, version, in_use_now: now } = scores;
  slots.model.textContent = t(now ? "scores.old" : "scores.model", { model, version, now });
}

function showAuthor(slots, author) {
  const { approved, rejected, received } = author;
  slots.author.textContent = author.name || t("comment.nameless");
  slots.record.textContent = received <= 1 ? t("author.first") : t("author.record", author);
  const [yes, no] = slots["record-bar"].children;
  yes.style.setProperty("--share", approved);
  no.style.setProperty("--share", rejected);
  yes.hidden = approved === 0;
  no.hidden = rejected === 0;
  slots["record-bar"].hidden = approved + rejected === 0;
}

function step(line) {
  const { root, slots } = copy("t-step");
  slots.what.textContent = what(line);
  fillTime(slots.time, line.at);
  slots.why.textContent = line.reason;
  return root;
}

function attribute(name) {
  return has(`attribute.${name}`) ? t(`attribute.${name}`) : plain(name);
}
