// The comments as they stand on the page. Everything a stranger wrote goes in as textContent.

import { tellTime } from "./time.js";

const root = document.querySelector("#thread");
const template = document.querySelector("#comment");
/** Comment id -> its `element`, its `replies` list, whether it `isPublic`, and `find` inside it. */
const shown = new Map();

export const publicIds = () => [...shown].filter(([, it]) => it.isPublic).map(([id]) => id);
export const nameOf = (id) => shown.get(id).find(".name").textContent;

/** A comment that everybody sees, or the gap that a removed one left. */
export function show(comment, { fresh = false } = {}) {
  const isNews = !shown.get(comment.id)?.isPublic;
  const it = fill(comment);
  it.isPublic = !comment.removed;
  it.element.className = "comment";
  reveal(it, ".reply", ".report");
  if (comment.removed) leaveGap(it);
  it.element.classList.toggle("fresh", fresh && isNews);
}

/** The reader's own comment, which nobody else sees yet. */
export function showOwn(comment) {
  const known = shown.get(comment.id);
  if (known?.isPublic || (known && comment.state === "pending")) return;
  const it = fill(comment);
  it.element.className = "comment own";
  it.element.dataset.state = comment.state;
  it.find(".standing").textContent = comment.standing;
  reveal(it, ".standing", comment.state === "rejected" && ".dismiss");
}

/** Takes a comment off the page; where there are replies to it, a gap stays. */
export function remove(id) {
  const it = shown.get(id);
  if (!it?.isPublic) return;
  it.isPublic = false;
  if (it.replies.children.length) leaveGap(it);
  else drop(id);
}

/** Takes the reader's own comment off, unless everybody can see it. */
export function dropOwn(id) {
  if (shown.get(id)?.element.matches(".own")) drop(id);
}

function drop(id) {
  shown.get(id).element.remove();
  shown.delete(id);
}

function fill(comment) {
  const it = shown.get(comment.id) ?? make(comment);
  it.find(".name").textContent = comment.name ?? "";
  it.find(".said").textContent = comment.text ?? "";
  tellTime(it.find("time"), comment.created_at);
  return it;
}

function make({ id, parent }) {
  const element = template.content.cloneNode(true).querySelector("li");
  element.id = `comment-${id}`;
  element.dataset.id = id;
  const find = (selector) => element.querySelector(`:scope > .card ${selector}`);
  const it = { element, find, replies: element.querySelector("ol"), isPublic: false };
  (shown.get(parent)?.replies ?? root).append(element);
  shown.set(id, it);
  return it;
}

/** Shows these of the parts that are not always there, and hides the others. */
function reveal(it, ...selectors) {
  for (const selector of [".standing", ".reply", ".report", ".dismiss"]) {
    it.find(selector).hidden = !selectors.includes(selector);
  }
}

function leaveGap(it) {
  it.element.className = "comment gap";
  it.find(".name").textContent = "";
  it.find(".said").textContent = "This comment was removed.";
}
