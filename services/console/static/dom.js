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

/** Has a screen reader say something without moving the focus. */
export function announce(text) {
  $("announce").textContent = text;
}
