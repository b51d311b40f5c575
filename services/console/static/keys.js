// The keyboard. Keys with a modifier belong to the browser and to assistive software, except
// Ctrl-K (or Cmd-K), which opens the commands.
import { singleKeys } from "./settings.js";

export const KEYS = {
  a: "approve",
  r: "reject",
  s: "skip",
  u: "undo",
  j: "next",
  k: "previous",
  e: "escalate",
  h: "hold",
  b: "return",
  v: "show",
  w: "author",
  f: "filter",
  m: "bulk",
  t: "retry",
  g: "article",
  "?": "help",
};
const ARROWS = { ArrowDown: "next", ArrowUp: "previous" };
/** These stay what they are while the filters are open. */
const WITH_FILTERS = ["filter", "next", "previous", "help"];

/** Calls `run` with the action of each key that has one, and `escape` for Esc. */
export function listen(run, escape) {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open], :popover-open")) escape();
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    run(action);
  });
}

/** Whether a single character may act now. */
export function mayAct(event) {
  return singleKeys() && !event.ctrlKey && !event.altKey && !event.metaKey && !event.isComposing;
}

function actionOf(event) {
  if (document.querySelector("dialog[open]")) return undefined;
  if (isPalette(event)) return "palette";
  // A field of a dialog or a panel that has just closed keeps the focus until the next frame.
  const field = event.target.closest("input, select, textarea");
  if (field?.checkVisibility()) return undefined;
  if (event.key in ARROWS) {
    // Elsewhere the arrows scroll.
    const here = event.target === document.body || event.target.closest(".list, .actions");
    return here && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey
      ? ARROWS[event.key]
      : undefined;
  }
  if (!mayAct(event)) return undefined;
  const action = KEYS[event.key.toLowerCase()];
  if (event.shiftKey && action !== "help") return undefined;
  // A key held down may move, but never decide about comments nobody has seen.
  if (event.repeat && action !== "next" && action !== "previous") return undefined;
  if (document.querySelector("#filters:popover-open") && !WITH_FILTERS.includes(action)) {
    return undefined;
  }
  return action;
}

function isPalette(event) {
  const one = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
  return one && event.key.toLowerCase() === "k" && !event.repeat;
}
