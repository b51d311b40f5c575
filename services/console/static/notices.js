// Messages that stay until they are read: a decision that was not taken, and why.
import { $, copy } from "./dom.js";

const MOST = 3;

export function notify(text) {
  const { root, slots } = copy("t-notice");
  const notice = root.firstElementChild;
  slots.text.textContent = text;
  slots.close.addEventListener("click", () => notice.remove());
  $("notices").append(notice);
  while ($("notices").children.length > MOST) $("notices").firstElementChild.remove();
}

/** Closes the newest, where there is one. */
export function closeNotice() {
  $("notices").lastElementChild?.remove();
}
