// Asks for the reason of a rejection: 1 to 9 choose it, Enter confirms, Esc leaves all as it was.
import { $, copy } from "./dom.js";
import { t } from "./i18n.js";
import { mayAct } from "./keys.js";

export class RejectDialog {
  #dialog = $("reject");
  #form = this.#dialog.querySelector("form");
  #reasons;

  constructor(reasons) {
    this.#reasons = reasons;
    for (const reason of reasons) {
      const { root, slots } = copy("t-reason");
      root.querySelector("input").value = reason.rule;
      slots.key.textContent = reason.key;
      slots.label.textContent = reason.label;
      $("reasons").append(root);
    }
    this.#form.addEventListener("change", () => this.#explain());
    this.#form.addEventListener("submit", (event) => this.#check(event));
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    $("reject-cancel").addEventListener("click", () => this.#dialog.close());
  }

  /** The chosen reason's code, or "" where somebody thought better of it. */
  ask() {
    this.#form.reset();
    this.#dialog.returnValue = "";
    $("reject-words").textContent = t("reject.hint");
    this.#dialog.showModal();
    return new Promise((resolve) => {
      const done = () => {
        resolve(this.#dialog.returnValue === "confirm" ? this.#chosen : "");
      };
      this.#dialog.addEventListener("close", done, { once: true });
    });
  }

  get #chosen() {
    return this.#form.elements.rule.value;
  }

  #explain() {
    const reason = this.#reasons.find(({ rule }) => rule === this.#chosen);
    $("reject-words").textContent = t("reject.words", { words: reason.words });
  }

  #check(event) {
    if (this.#chosen) return;
    event.preventDefault();
    $("reject-words").textContent = t("reject.choose");
  }

  #key(event) {
    const index = this.#reasons.findIndex(({ key }) => key === event.key);
    if (index < 0 || !mayAct(event)) return;
    event.preventDefault();
    const radio = this.#form.elements.rule[index];
    radio.checked = true;
    radio.focus();
    this.#explain();
  }
}
