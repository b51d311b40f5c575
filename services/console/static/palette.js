// The command palette: whatever the desk can do, found by typing a part of its name.
import { $, make } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 50;

export class Palette {
  #dialog = $("palette");
  #field = $("palette-field");
  #list = $("palette-list");
  #commands;
  #found = [];
  #at = 0;

  /** `commands()` gives what can be done now: [{name, keys, run}]. */
  constructor(commands) {
    this.#commands = commands;
    this.#field.placeholder = t("palette.field");
    this.#field.addEventListener("input", () => this.#search());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  open() {
    this.#field.value = "";
    this.#search();
    this.#dialog.showModal();
    this.#field.focus();
  }

  #search() {
    const words = this.#field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ name }) => words.every((word) => name.toLowerCase().includes(word));
    this.#found = this.#commands().filter(fits).slice(0, MOST);
    this.#list.replaceChildren(...this.#found.map((command, index) => this.#option(command, index)));
    $("palette-none").hidden = this.#found.length > 0;
    this.#mark(0);
  }

  #option({ name, keys }, index) {
    const option = make("li", { id: `command-${index}`, role: "option" }, make("span", { text: name }));
    if (keys) option.append(make("kbd", { text: keys }));
    option.addEventListener("click", () => this.#run(index));
    return option;
  }

  #mark(index) {
    this.#at = index;
    for (const [place, option] of [...this.#list.children].entries()) {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) option.scrollIntoView({ block: "nearest" });
    }
    this.#field.setAttribute("aria-activedescendant", this.#found.length ? `command-${index}` : "");
  }

  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#found.length) {
      event.preventDefault();
      this.#mark((this.#at + step + this.#found.length) % this.#found.length);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.#run(this.#at);
    } else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#dialog.close();
    }
  }

  #run(index) {
    const command = this.#found[index];
    if (!command) return;
    this.#dialog.close();
    command.run();
  }
}

/** "Queue: Flagged". */
export const named = (group, name) => t("palette.named", { group: t(`palette.${group}`), name });
