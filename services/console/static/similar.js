// Comments of the same site with nearly the same words.
import { copy } from "./dom.js";
import { fillTime, t } from "./i18n.js";
import { what } from "./steps.js";
import { addressOf } from "./view.js";

/** How many are in sight at once; the rest is a click away. */
const SHOWN = 4;

/** Shows what the server said is similar in the card `node`, which stays hidden where nothing is. */
export function showSimilar(node, similar) {
  node.hidden = !similar?.total;
  if (node.hidden) return;
  const { root, slots } = copy("t-similar");
  const { comments, total, rejected, at_least: atLeast } = similar;
  const counted = t(atLeast ? "similar.many" : "similar.count", { count: total });
  const of = rejected ? t("similar.rejected", { count: rejected }) : "";
  slots.count.textContent = `${counted} ${of}`.trim();
  slots.list.append(...comments.slice(0, SHOWN).map(one));
  const rest = comments.slice(SHOWN).map(one);
  slots.more.hidden = !rest.length;
  slots.more.textContent = t("similar.more", { count: rest.length });
  slots.more.addEventListener("click", () => {
    const [next] = rest;
    slots.list.append(...rest);
    slots.more.hidden = true;
    next.querySelector("a").focus();
  });
  node.replaceChildren(root);
}

function one(comment) {
  const { root, slots } = copy("t-similar-one");
  slots.link.href = addressOf(comment);
  slots.author.textContent = comment.author.name || t("comment.nameless");
  slots.article.textContent = comment.article.title || t("comment.untitled");
  fillTime(slots.time, comment.received_at);
  slots.what.textContent = comment.why ? what(comment.why) : t("similar.pending");
  return root.firstElementChild;
}
