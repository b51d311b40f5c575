// Messages that stay until they are read: a decision that was not taken, and why.
import { $, make } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 3;

/** Shows one; returns it, for who takes it away again. */
export function notify(text) {
  const close = make("button", { className: "button quiet", text: t("notice.close") });
  const notice = make("div", { className: "notice", role: "alert" }, make("p", { text }), close);
  close.addEventListener("click", () => notice.remove());
  $("notices").append(notice);
  while ($("notices").children.length > MOST) $("notices").firstElementChild.remove();
  return notice;
}

/** Closes the newest, where there is one. */
export function closeNotice() {
  $("notices").lastElementChild?.remove();
}
