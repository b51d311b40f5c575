// Tells colleagues which comment somebody looks at, for as long as the page has the focus.
import * as api from "./api.js";
import { keyOf } from "./worklist.js";

/** Who only passes by does not look. */
const DWELL = 300;

export function keepLease(queue, seconds) {
  let held = null;
  let dwelling;

  function look() {
    clearTimeout(dwelling);
    const item = queue.selected;
    if (held && (!item || keyOf(held) !== keyOf(item))) leave();
    if (item && !item.gone) dwelling = setTimeout(renew, DWELL);
  }

  async function renew() {
    const item = queue.selected;
    if (!item || item.gone || document.visibilityState === "hidden") return;
    held = item;
    const answer = await api.lease(item).catch(() => null);
    if (!answer) return;
    // Decided or left while the answer was on its way: the lease has to go, too.
    if (held !== item) api.unlease(item);
    else queue.looked({ ...item, viewers: answer.viewers.map(({ name }) => name) }, answer.until);
  }

  function leave() {
    if (held) api.unlease(held);
    held = null;
  }

  queue.addEventListener("select", look);
  setInterval(() => held && document.hasFocus() && renew(), (seconds * 1000) / 3);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else look();
  });
  addEventListener("pagehide", leave);
}
