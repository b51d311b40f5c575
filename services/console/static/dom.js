// Small helpers for the page. Text enters it by textContent alone.
import { translate } from "./i18n.js";

export const $ = (id) => document.getElementById(id);

/** A copy of a <template>: its nodes, and those marked data-slot by name. */
export function copy(template) {
  const root = $(template).content.cloneNode(true);
  translate(root);
  const slots = {};
  for (const node of root.querySelectorAll("[data-slot]")) slots[node.dataset.slot] = node;
  return { root, slots };
}

/** A new element: `text` is its text, `aria-*` and `role` attributes, the rest properties. */
export function make(tag, { text, ...options } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (name === "role" || name.startsWith("aria-")) node.setAttribute(name, value);
    else node[name] = value;
  }
  if (text !== undefined) node.textContent = text;
  node.append(...children);
  return node;
}

let saying = [];

/** Has a screen reader say something without moving the focus; what comes together is said as
    one, so that "approved" is not drowned by the next comment. */
export function announce(text) {
  if (!saying.length) {
    setTimeout(() => {
      $("announce").textContent = saying.join(" ");
      saying = [];
    });
  }
  saying.push(text);
}
