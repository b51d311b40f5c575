// Asks before an article is set otherwise: what will come of it, until when, and why.
import { $, closed, make } from "./dom.js";
import { ruleName, t } from "./i18n.js";
import { inBothZones, quickEnds } from "./until.js";

/** What ends at once has no end to ask for. */
const WITHOUT_END = ["open", "loosen"];

export class SettingDialog {
  #dialog = $("setting");
  #form = this.#dialog.querySelector("form");
  #ends = [];

  constructor() {
    $("cancel").addEventListener("click", () => this.#dialog.close());
    $("choices").addEventListener("change", () => this.#choose());
    this.#form.addEventListener("submit", (event) => this.#check(event));
    $("why").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit($("confirm"));
    });
  }

  /** {until, reason} for `act` on `article`, or null where somebody thought better of it. */
  async ask(act, article) {
    if (this.#dialog.open) return null;
    this.#form.reset();
    this.#dialog.returnValue = "";
    $("wrong").textContent = "";
    $("setting-title").textContent = t(`article.${act}.title`);
    $("confirm").replaceChildren(make("kbd", { text: "Enter" }), make("span", { text: t(`article.${act}`) }));
    $("effects").replaceChildren(...effects(act, article).map((parts) => make("li", {}, ...[parts].flat())));
    const asks = !WITHOUT_END.includes(act);
    $("ends").hidden = !asks;
    this.#ends = asks ? [...quickEnds(), ["other", undefined]] : [["none", null]];
    $("choices").replaceChildren(...this.#ends.map(choice));
    this.#choose();
    this.#dialog.showModal();
    (this.#form.querySelector("input:checked") ?? $("why")).focus();
    return (await closed(this.#dialog)) === "confirm" ? this.#answer : null;
  }

  get #answer() {
    return { until: this.#until, reason: $("why").value.trim() };
  }

  get #until() {
    const [name, at] = this.#ends[Number(this.#form.elements.end?.value ?? 0)];
    return name === "other" ? Date.parse($("other").value) : at;
  }

  #choose() {
    $("other").disabled = this.#ends[Number(this.#form.elements.end?.value ?? 0)][0] !== "other";
    $("wrong").textContent = "";
  }

  #check(event) {
    const until = this.#until;
    if (until === null || until > Date.now()) return;
    event.preventDefault();
    $("wrong").textContent = t("until.wrong");
    $("other").focus();
  }
}

function choice([name, at], index) {
  // Raids and elections are over in the morning.
  const radio = make("input", { type: "radio", name: "end", value: String(index), checked: ["morning"].includes(name) });
  const words = t(`until.${name}`, { when: at ? inBothZones(at) : "" });
  return make("label", { className: "choice-row" }, radio, make("span", { text: words }));
}

/** What happens to some rules, with each of them behind it. */
function ruled(text, rules) {
  const list = rules.map(({ rule, when }) =>
    // How a condition reads is the server's, in English.
    make("li", {}, `${ruleName(rule)}: `, make("span", { lang: "en", text: when })),
  );
  return make("details", {}, make("summary", { text }), make("ul", { className: "effects" }, ...list));
}

/** Every effect that it will have: text, or nodes. */
function effects(act, article) {
  const { tighter_means: means, lasting_mode: lasting, mode_until: until } = article;
  const lines = [t(`effect.${act}`)];
  if (act === "tighten") {
    const { rules, only, factor } = means;
    if (rules.length) lines.push(ruled(t("effect.tighten.rules", { count: rules.length, factor }), rules));
    if (only.length) lines.push(ruled(t("effect.tighten.only", { count: only.length }), only));
  }
  if (act === "premod" || act === "close") lines.push(t("effect.after", { mode: t(`mode.${lasting}`) }));
  if (act === "open" && until) lines.push(t("effect.open.replaces"));
  lines.push(t("effect.kept"));
  return lines;
}
