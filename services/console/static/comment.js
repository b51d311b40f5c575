// The comment in the middle, with what it stands under and what it answers.
import { isWeb, marks, pageOf, titleOf } from "./article-words.js";
import { authorPage } from "./author-address.js";
import { isCovered } from "./care.js";
import { copy, make } from "./dom.js";
import { fillTime, t } from "./i18n.js";
import { standingChip } from "./standing.js";

/** Shows `item` in `node`; `sites` are the sites' names by id, `narrow(changes)` filters. */
export function showComment(node, item, sites, narrow) {
  const { root, slots } = copy("t-comment");
  const { article } = item;
  slots.site.textContent = sites.get(item.site) ?? item.site;
  slots.marks.append(...marks(article));
  slots.title.textContent = titleOf(article);
  slots.thread.href = pageOf({ site: item.site, id: article.id });
  if (isWeb(article.url)) slots.title.href = article.url;
  only(slots["only-article"], narrow, { article: article.id, site: item.site });
  showParent(slots, item.parent);
  slots.author.textContent = item.author.name || t("comment.nameless");
  slots["author-page"].href = authorPage(item.site, item.author.id);
  only(slots["only-author"], narrow, { author: item.author.id, site: item.site });
  slots.chips.append(...chips(item));
  fillTime(slots.time, item.written_at);
  slots.text.lang = item.language ?? "";
  slots.text.classList.toggle("erased", item.state === "erased");
  const covered = isCovered(item) && item.state !== "erased";
  slots.cover.hidden = !covered;
  slots.text.hidden = covered;
  if (item.state === "erased") slots.text.textContent = t("comment.erased");
  else if (!covered) slots.text.append(...highlighted(item.text, marksOf(item)));
  node.replaceChildren(root);
}

/** Words to mark: the model's, else those of the policy's lists. */
const marksOf = (item) => (item.scores?.spans?.length ? item.scores.spans : (item.listed ?? []));

export function showEmpty(node, queue) {
  const { root, slots } = copy("t-empty");
  const { view, leftOut, total } = queue;
  const why = leftOut && total ? "muted" : view.queue + (view.actor && `.${view.actor}`);
  slots.title.textContent = t(`empty.${why}`);
  slots.text.textContent = t(`empty.${why}.text`);
  node.replaceChildren(root);
}

/** Who else looks at it. */
export function showOthers(node, names) {
  node.hidden = !names.length;
  const list = new Intl.ListFormat(document.documentElement.lang).format(names);
  node.textContent = names.length ? t("comment.others", { count: names.length, names: list }) : "";
}

function only(button, narrow, changes) {
  button.hidden = !narrow;
  button.addEventListener("click", () => narrow(changes));
}

function showParent(slots, parent) {
  slots.parent.hidden = !parent;
  if (!parent) return;
  slots["parent-author"].textContent = t("comment.reply", { author: parent.author });
  slots["parent-text"].textContent = parent.text || t("comment.erased");
  const long = parent.text.length > 280 || parent.text.split("\n").length > 4;
  slots.parent.classList.toggle("short", long);
  slots["parent-more"].hidden = !long;
  slots["parent-more"].addEventListener("click", () => {
    slots.parent.classList.remove("short");
    slots["parent-more"].hidden = true;
  });
}

function chips(item) {
  const made = [];
  const add = (text, warn = false) => {
    made.push(make("span", { className: warn ? "chip warn" : "chip", text }));
  };
  const standing = standingChip(item.author.standing);
  if (standing) made.push(standing);
  if (item.author.received <= 1) add(t("chip.first"));
  if (item.place === "escalated" || item.place === "held") add(t(`chip.${item.place}`), true);
  if (item.opinion) add(t("chip.second"), true);
  if (item.reports > 0) add(t("chip.reported", { count: item.reports }), true);
  if (item.repeats > 1) add(t("chip.repeats", { count: item.repeats }), true);
  if (item.released_at) add(t(item.state === "approved" ? "chip.public" : "chip.released"));
  if (item.scores && !item.scores.language_known) add(t("chip.language"));
  if (item.scores?.folded_gain >= 0.2) add(t("chip.disguise"), true);
  return made;
}

/** The text as nodes, with <mark> around its spans, which count code points. */
function highlighted(text, spans) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [begin, end] of spans.toSorted((one, other) => one[0] - other[0])) {
    const from = Math.max(begin, at);
    if (end <= from) continue;
    const mark = document.createElement("mark");
    mark.textContent = points.slice(from, end).join("");
    nodes.push(points.slice(at, from).join(""), mark);
    at = end;
  }
  nodes.push(points.slice(at).join(""));
  return nodes;
}
