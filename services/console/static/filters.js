// What narrows the list: why it is held as chips above it, everything else behind one button.
import * as api from "./api.js";
import { $, make } from "./dom.js";
import { attribute, ruleName, t } from "./i18n.js";
import { Histogram } from "./histogram.js";
import { SORTS, ageNames, canFilter, isFiltered, rangeOf, toQuery } from "./view.js";

const CHIPS = 6;
const FRESH = 5_000;
const SETTLE = 250;
const NONE = { rule: [], language: [], score: [], article: "", author: "", age: "" };

const nameOf = (rule) => (rule ? ruleName(rule) : t("filter.norule"));
const toggled = (list, value) =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value];

export class Filters {
  #queue;
  #open;
  #facets = null;
  #histogram;
  #counting;
  #settling;
  #timer;
  #took = 0;

  /** `open(changes)` shows another view, `bulk()` decides on all that is in it. */
  constructor(queue, open, bulk) {
    this.#queue = queue;
    this.#open = open;
    this.#histogram = new Histogram($("histogram"), (range) => this.#score(range));
    for (const name of ["", ...ageNames]) $("age").append(new Option(t(`age.${name || "any"}`), name));
    $("sort").addEventListener("change", (event) => open({ sort: event.target.value }));
    $("age").addEventListener("change", (event) => open({ age: event.target.value }));
    $("actor").addEventListener("change", (event) => open({ actor: event.target.value }));
    $("attribute").addEventListener("change", () => this.#showHistogram());
    $("clear").addEventListener("click", () => this.clear());
    $("filters-bulk").addEventListener("click", () => {
      $("filters").hidePopover();
      bulk();
    });
    $("filters").addEventListener("toggle", (event) => {
      if (event.newState !== "open") return;
      const { bottom } = $("filter-button").parentElement.getBoundingClientRect();
      $("filters").style.setProperty("--top", `${bottom}px`);
      $("attribute").focus();
    });
    queue.addEventListener("counts", () => this.#soon());
  }

  /** Opens or closes what is behind the button. */
  toggle() {
    if (!canFilter(this.#queue.view)) return;
    $("filters").togglePopover();
  }

  clear() {
    this.#open({ ...NONE });
  }

  /** Another view is shown. */
  show() {
    const { view } = this.#queue;
    $("sort").replaceChildren(
      ...SORTS[view.queue].map((sort) => new Option(t(`sort.${sort}`), sort)),
    );
    $("sort").value = view.sort;
    $("sort").disabled = SORTS[view.queue].length < 2;
    $("actor-field").hidden = !["approved", "rejected"].includes(view.queue);
    $("actor").value = view.actor;
    for (const id of ["filter-button", "bulk-button"]) $(id).hidden = !canFilter(view);
    if (!canFilter(view) && $("filters").matches(":popover-open")) $("filters").hidePopover();
    $("age").value = view.age;
    $("clear").disabled = !isFiltered(view);
    this.#render();
    this.#count();
  }

  /** Codes of the rules there are, the most frequent first. */
  get rules() {
    return sorted(this.#facets?.rules ?? {});
  }

  #soon() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#count();
    }, Math.max(FRESH, this.#took * 20));
  }

  async #count() {
    const { view } = this.#queue;
    if (!canFilter(view) || this.#counting === view) return;
    this.#counting = view;
    const began = performance.now();
    const asked = api.get(`/api/queue/facets?${toQuery(view, { sorted: false })}`);
    const facets = await asked.catch(() => null);
    this.#took = performance.now() - began;
    if (this.#counting === view) this.#counting = undefined;
    if (!facets || view !== this.#queue.view) return;
    this.#facets = facets;
    this.#render();
  }

  #render() {
    const { view } = this.#queue;
    const facets = canFilter(view) ? this.#facets : null;
    const names = sorted(facets?.rules ?? {}).slice(0, CHIPS);
    const shown = canFilter(view) ? [...new Set([...view.rule, ...names])] : [];
    const chips = shown.map((rule) => this.#toggle("rule", rule, ruleName(rule), facets?.rules));
    keepFocus($("chips"), [...chips, ...this.#narrowed(view)]);
    if (!facets) return;
    keepFocus($("rules"), this.#boxes("rule", facets.rules, nameOf));
    keepFocus($("languages"), this.#boxes("language", facets.languages, languageName));
    const attributes = Object.keys(facets.attributes);
    const first = attributes.includes("toxicity") ? "toxicity" : attributes[0];
    const chosen = $("attribute").value || rangeOf(view.score[0] ?? "")?.name || first;
    $("attribute").replaceChildren(...attributes.map((name) => new Option(attribute(name), name)));
    if (attributes.includes(chosen)) $("attribute").value = chosen;
    $("filters-bulk").textContent = t("filter.bulk", { count: facets.total });
    $("filters-bulk").disabled = facets.total === 0;
    this.#showHistogram();
  }

  #showHistogram() {
    const name = $("attribute").value;
    const range = this.#queue.view.score.map(rangeOf).find((one) => one.name === name);
    this.#histogram.show(this.#facets?.attributes[name] ?? [], range);
  }

  /** The histogram's range of the chosen score; the whole of it is none. */
  #score({ least, most }) {
    const name = $("attribute").value;
    const others = this.#queue.view.score.filter((text) => rangeOf(text).name !== name);
    const all = least === 0 && most === 1;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#open({ score: all ? others : [...others, `${name}:${least}:${most}`] });
    }, SETTLE);
  }

  #toggle(name, value, text, counts) {
    const count = make("span", { className: "soft", text: String(counts ? (counts[value] ?? 0) : "") });
    const button = make("button", { className: "chip-button" }, text, " ", count);
    button.dataset.key = `${name} ${value}`;
    button.setAttribute("aria-pressed", String(this.#queue.view[name].includes(value)));
    button.addEventListener("click", () => this.#switch(name, value));
    return button;
  }

  #switch(name, value) {
    this.#open({ [name]: toggled(this.#queue.view[name], value) });
  }

  /** What else narrows the view, each with a way to take it away. */
  #narrowed(view) {
    const chips = [];
    const add = (key, text, changes) => {
      const button = make("button", { className: "chip-button on" }, text, " ×");
      button.dataset.key = key;
      button.setAttribute("aria-label", t("filter.remove", { what: text }));
      button.addEventListener("click", () => this.#open(changes));
      chips.push(button);
    };
    for (const text of view.score) {
      const { name, least, most } = rangeOf(text);
      const words = `${attribute(name)} ${least.toFixed(2)}–${most.toFixed(2)}`;
      add(text, words, { score: view.score.filter((one) => one !== text) });
    }
    for (const language of view.language) {
      add(`l ${language}`, languageName(language), { language: toggled(view.language, language) });
    }
    const items = this.#queue.items;
    if (view.author) {
      const name = items.find(({ author }) => author.id === view.author)?.author.name;
      add("author", t("filter.author", { name: name || view.author }), { author: "" });
    }
    if (view.article) {
      const title = items.find(({ article }) => article.id === view.article)?.article.title;
      add("article", t("filter.article", { title: title || view.article }), { article: "" });
    }
    if (view.age) add("age", t(`age.${view.age}`), { age: "" });
    return chips;
  }

  #boxes(name, counts, word) {
    const chosen = this.#queue.view[name];
    return [...new Set([...sorted(counts), ...chosen])].map((value) => {
      const box = make("input", { type: "checkbox", checked: chosen.includes(value) });
      box.dataset.key = `${name} ${value}`;
      box.addEventListener("change", () => this.#switch(name, value));
      const count = make("span", { className: "soft", text: String(counts[value] ?? 0) });
      return make("label", { className: "box" }, box, make("span", { text: word(value) }), count);
    });
  }
}

const sorted = (counts) => Object.keys(counts).sort((one, other) => counts[other] - counts[one]);

export function languageName(code) {
  if (code === "und") return t("filter.und");
  try {
    const names = new Intl.DisplayNames(document.documentElement.lang, { type: "language" });
    return names.of(code);
  } catch {
    return code;
  }
}

/** Puts new nodes in, and the focus on the one that stands for the one that had it. */
function keepFocus(node, nodes) {
  const focused = node.contains(document.activeElement) && document.activeElement.dataset.key;
  node.replaceChildren(...nodes);
  if (!focused) return;
  const again = [...node.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused);
  again?.focus();
}
