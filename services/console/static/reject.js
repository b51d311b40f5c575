// Asks for the reason of a rejection: 1 to 9 choose it, Enter confirms, Esc leaves all as it was.
// What will come of it stands below, before it does.
import { $, closed, copy, make } from "./dom.js";
import { t } from "./i18n.js";
import { mayAct } from "./keys.js";
import { decidedBy, policies, reasons, said } from "./site.js";

export class RejectDialog {
  #dialog = $("reject");
  #form = this.#dialog.querySelector("form");
  #words = $("reject-words");
  #reasons = [];
  #who;

  /** `who` is the answer of GET /api/me. */
  constructor(who) {
    this.#who = who;
    $("reasons").addEventListener("change", () => this.#explain());
    this.#form.addEventListener("submit", (event) => this.#check(event));
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#words.addEventListener("focus", () => this.#words.select());
    $("reject-cancel").addEventListener("click", () => this.#dialog.close());
  }

  /** {rule, reason} of the chosen reason, or null where somebody thought better of it. */
  async ask(item) {
    this.#list(reasons.now(item.site) ?? (await reasons.get(item.site)) ?? []);
    if (this.#dialog.open) return null;
    this.#form.reset();
    this.#dialog.returnValue = "";
    this.#words.value = "";
    this.#words.disabled = true;
    $("reject-hint").textContent = t("reject.hint");
    this.#foretell(item);
    this.#dialog.showModal();
    return (await closed(this.#dialog)) === "confirm" ? this.#answer : null;
  }

  get #chosen() {
    return this.#reasons.find(({ rule }) => rule === this.#form.elements.rule?.value);
  }

  get #answer() {
    return said(this.#chosen, this.#words.value.trim());
  }

  #list(list) {
    if (list === this.#reasons) return;
    this.#reasons = list;
    $("reasons").replaceChildren(
      ...list.map((reason) => {
        const { root, slots } = copy("t-reason");
        root.querySelector("input").value = reason.rule;
        slots.key.textContent = reason.key;
        slots.label.textContent = reason.label;
        return root;
      }),
    );
  }

  /** Every effect that the rejection will have. */
  #foretell(item) {
    const lines = [t("effect.author")];
    if (item.released_at) lines.push(t("effect.retract"));
    else lines.push(t("effect.unpublished"));
    const webhooks = policies.now(...decidedBy(item))?.webhooks ?? 0;
    if (webhooks) lines.push(t("effect.webhook", { count: webhooks }));
    const highest = Math.max(0, ...Object.values(item.scores?.values ?? {}));
    const two = this.#who.second_opinion;
    if (two && highest >= two && !item.opinion && item.place !== "escalated") {
      lines.push(t("effect.second"));
    } else if (this.#who.undo_seconds) {
      lines.push(t("effect.undo", { count: this.#who.undo_seconds }));
    }
    $("reject-effects").replaceChildren(...lines.map((text) => make("li", { text })));
  }

  #explain() {
    this.#words.disabled = false;
    this.#words.value = this.#chosen.words;
    $("reject-hint").textContent = t("reject.edit");
  }

  #check(event) {
    if (this.#chosen) return;
    event.preventDefault();
    $("reject-hint").textContent = t("reject.choose");
  }

  #key(event) {
    if (event.target === this.#words) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit($("reject-confirm"));
      return;
    }
    const reason = this.#reasons.find(({ key }) => key === event.key);
    if (!reason || !mayAct(event)) return;
    event.preventDefault();
    const radio = [...this.#form.querySelectorAll("[name=rule]")].find(
      ({ value }) => value === reason.rule,
    );
    radio.checked = true;
    radio.focus();
    this.#explain();
  }
}
