// Asks for a note to colleagues: why a comment is handed to an editor, put aside or sent back.
import { $, closed } from "./dom.js";
import { t } from "./i18n.js";

export class NoteDialog {
  #dialog = $("note");
  #form = this.#dialog.querySelector("form");
  #text = $("note-text");

  constructor() {
    this.#form.addEventListener("submit", (event) => this.#check(event));
    this.#text.addEventListener("keydown", (event) => {
      // Enter sends, as everywhere on the desk; Shift-Enter is a new line.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit($("note-confirm"));
    });
    $("note-cancel").addEventListener("click", () => this.#dialog.close());
  }

  /** The note for `step`, or null where somebody thought better of it. */
  async ask(step) {
    this.#dialog.returnValue = "";
    this.#dialog.dataset.step = step;
    this.#text.value = "";
    this.#text.required = step === "escalate";
    $("note-title").textContent = t(`note.${step}.title`);
    $("note-hint").textContent = t(`note.${step}.hint`);
    $("note-word").textContent = t(`action.${step}`);
    this.#dialog.showModal();
    this.#text.focus();
    return (await closed(this.#dialog)) === "confirm" ? this.#text.value.trim() : null;
  }

  #check(event) {
    if (this.#dialog.dataset.step !== "escalate" || this.#text.value.trim()) return;
    event.preventDefault();
    $("note-hint").textContent = t("note.needed");
    this.#text.focus();
  }
}
