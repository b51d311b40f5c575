// Asks before something that cannot be taken back.
import { make } from "./dom.js";
import { t } from "./i18n.js";

/** Whether somebody says yes; `act` is what the button says. */
export function ask(text, act) {
  const yes = make("button", { className: "button reject", value: "yes", text: act });
  const no = make("button", { className: "button", value: "", autofocus: true, text: t("ask.no") });
  const words = make("p", { id: "ask-text", text });
  const form = make("form", { method: "dialog" }, words, make("div", { className: "row" }, yes, no));
  const dialog = make("dialog", { "aria-labelledby": "ask-text" }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes");
      dialog.remove();
    });
  });
}
