// Asks for how long and why, and says what will come of a ruling before it does.
import { $, closed, make } from "./dom.js";
import { momentOf, t } from "./i18n.js";
import { reasons } from "./site.js";

const HOUR = 3_600;
/** Seconds somebody can choose from. */
const TIMES = [HOUR, 24 * HOUR, 72 * HOUR, 168 * HOUR, 720 * HOUR, 2160 * HOUR, 8760 * HOUR];
const CHOSEN = 24 * HOUR;
/** Standings of which the site and the author are told. */
const TOLD = ["suspended", "banned"];
const TIMED = ["suspended", "premoderated"];

export class RulingDialog {
  #dialog = $("ruling");
  #form = this.#dialog.querySelector("form");
  #fields = this.#form.elements;
  #standing = "";
  #author = null;
  #reasons = [];

  constructor() {
    for (const name of ["seconds", "reason"]) {
      this.#fields[name].addEventListener("input", () => this.#foretell());
    }
    this.#fields.rule.addEventListener("change", () => this.#choose());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    $("ruling-cancel").addEventListener("click", () => this.#dialog.close());
  }

  /** {standing, seconds, rule, reason, note} for `author`, or null where somebody thought better
      of it. */
  async ask(standing, author) {
    this.#reasons = (await reasons.get(author.site)) ?? [];
    if (this.#dialog.open) return null;
    this.#standing = standing;
    this.#author = author;
    this.#form.reset();
    this.#dialog.returnValue = "";
    this.#fill();
    this.#foretell();
    this.#dialog.showModal();
    return (await closed(this.#dialog)) === "confirm" ? this.#answer() : null;
  }

  #fill() {
    const told = TOLD.includes(this.#standing);
    $("ruling-title").textContent = t(`ruling.title.${this.#standing}`);
    $("ruling-word").textContent = t(`author.act.${this.#standing}`);
    $("ruling-confirm").className = `button ${told ? "reject" : "primary"}`;
    $("ruling-time").hidden = !TIMED.includes(this.#standing);
    for (const id of ["ruling-reason", "ruling-words"]) $(id).hidden = !told;
    const times = TIMES.filter((seconds) => seconds <= this.#author.longest);
    const options = times.map((seconds) => new Option(t(`ruling.time.${seconds}`), seconds));
    if (this.#standing === "premoderated") options.unshift(new Option(t("ruling.time.good"), ""));
    this.#fields.seconds.replaceChildren(...options);
    this.#fields.seconds.value = this.#standing === "suspended" ? CHOSEN : "";
    this.#fields.rule.replaceChildren(
      ...this.#reasons.map(({ rule, label }) => new Option(label, rule)),
    );
    this.#fields.reason.value = told ? this.#words() : "";
  }

  #choose() {
    this.#fields.reason.value = this.#words();
    this.#foretell();
  }

  /** What the reason that is chosen says, where nobody writes anything else. */
  #words() {
    const { rule } = this.#fields;
    return rule.selectedIndex < 0 ? "" : `${rule.selectedOptions[0].text.replace(/\.$/, "")}.`;
  }

  /** Every effect that the ruling will have. */
  #foretell() {
    const standing = this.#standing;
    const seconds = TIMED.includes(standing) ? Number(this.#fields.seconds.value) : 0;
    const until = seconds ? momentOf(Date.now() + seconds * 1000) : "";
    const count = this.#author.counts.pending;
    const lines = [t(`effect.${standing}`, { until })];
    if (TOLD.includes(standing)) {
      lines.push(t("effect.site", { words: this.#fields.reason.value.trim() || this.#words() }));
    } else lines.push(t("effect.untold"));
    if (count && standing !== "trusted" && standing !== "none") {
      lines.push(t(`effect.pending.${standing}`, { count }));
    }
    if (standing === "banned" || standing === "suspended") lines.push(t("effect.stays"));
    if (standing === "none") lines.push(t("effect.lifted"));
    else lines.push(until ? t("effect.ends", { until }) : t("effect.good"));
    $("effects").replaceChildren(...lines.map((text) => make("li", { text })));
  }

  #answer() {
    const { seconds, rule, reason, note } = this.#fields;
    const told = TOLD.includes(this.#standing);
    const timed = TIMED.includes(this.#standing) && seconds.value;
    return {
      standing: this.#standing,
      seconds: timed ? Number(seconds.value) : null,
      rule: told ? rule.value : "",
      reason: told ? reason.value.trim() : "",
      note: note.value.trim(),
    };
  }

  /** Enter sends, as everywhere; Shift-Enter is a new line. */
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (event.target.closest("button")) return;
    event.preventDefault();
    this.#form.requestSubmit($("ruling-confirm"));
  }
}
