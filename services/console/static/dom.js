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

const asked = new WeakMap();

/** How an open `dialog` was closed: its returnValue. "" where it was opened anew before the event
    of its closing came, as by somebody quick at the keyboard. */
export function closed(dialog) {
  const mine = {};
  asked.set(dialog, mine);
  return new Promise((resolve) => {
    const done = () => {
      const later = asked.get(dialog) !== mine;
      if (!later && dialog.open) return; // The event is of an earlier closing.
      dialog.removeEventListener("close", done);
      resolve(later ? "" : dialog.returnValue);
    };
    dialog.addEventListener("close", done);
  });
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
