// Charts of one column per day, as SVG made by hand: they fit the width they are given, and tell
// a day's numbers to whoever points at it or moves there with the arrow keys.
import { make } from "./dom.js";

const NS = "http://www.w3.org/2000/svg";
const HEIGHT = 220;
const LEFT = 56;
const BOTTOM = 24;
const TOP = 10;
/** Pixels that the label of a day needs. */
const LABEL = 76;

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Stripes in the colour of the class `kind`, so that a part differs by more than its colour. */
export function stripes(id, kind) {
  const box = { width: 6, height: 6 };
  const pattern = svg("pattern", { id, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)", ...box });
  pattern.append(svg("rect", { class: `${kind} faint`, ...box }), svg("rect", { class: kind, width: 3, height: 6 }));
  return pattern;
}

/** A chart in `node`, whose accessible name is `name`.
 *
 *  `columns`: {label, words} per day. `ticks`: {at, label}, `at` from 0 at the bottom to 1.
 *  `paint(index, place)` returns the nodes of a column; `place` has x, width and y(0..1).
 *  `join(places)` returns what goes across the columns, such as a line. `defs`: patterns.
 */
export class DayChart {
  #svg = svg("svg", { class: "chart", role: "group" });
  #told = make("p", { className: "told soft" });
  #node;
  #what = { columns: [] };
  #width = 0;
  #at = 0;

  constructor(node, name) {
    this.#node = node;
    this.#svg.setAttribute("aria-label", name);
    node.replaceChildren(this.#svg, this.#told);
    // Not on the SVG: one that listens for the focus takes it itself, in Chromium.
    node.addEventListener("keydown", (event) => this.#pressed(event));
    node.addEventListener("pointerover", (event) => this.#look(event.target));
    node.addEventListener("focusin", (event) => this.#look(event.target));
    new ResizeObserver(() => this.#draw()).observe(node);
  }

  show(what) {
    this.#what = what;
    this.#at = what.columns.length - 1;
    this.#width = 0;
    this.#told.textContent = what.hint;
    this.#draw();
  }

  #draw() {
    const width = this.#node.clientWidth;
    const { columns, ticks, paint, join, defs } = this.#what;
    if (!columns.length || width <= LEFT || width === this.#width) return;
    this.#width = width;
    const step = (width - LEFT) / columns.length;
    const y = (share) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
    const places = columns.map((_, index) => ({ x: LEFT + index * step, width: step, y }));
    this.#svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.#svg.setAttribute("height", HEIGHT);
    const all = columns.map(({ words }, index) => {
      const { x } = places[index];
      const target = svg("rect", { class: "target", x, y: TOP, width: step, height: HEIGHT - TOP - BOTTOM });
      const focus = { role: "img", "aria-label": words, tabindex: index === this.#at ? 0 : -1 };
      return svg("g", { class: "column", ...focus }, target, ...paint(index, places[index]));
    });
    const lines = join ? join(places) : [];
    const grid = ticks.map((tick) => axis(tick, width, y));
    this.#svg.replaceChildren(svg("defs", {}, ...defs), ...grid, ...all, ...lines, ...days(columns, places, step));
  }

  #columns() {
    return [...this.#svg.querySelectorAll(".column")];
  }

  #look(target) {
    const index = this.#columns().indexOf(target.closest(".column"));
    if (index < 0) return;
    for (const [other, column] of this.#columns().entries()) {
      column.classList.toggle("looked-at", other === index);
    }
    this.#told.textContent = this.#what.columns[index].words;
  }

  #pressed(event) {
    const last = this.#what.columns.length - 1;
    const to = { ArrowLeft: this.#at - 1, ArrowRight: this.#at + 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const columns = this.#columns();
    columns[this.#at].setAttribute("tabindex", -1);
    this.#at = Math.min(last, Math.max(0, to));
    columns[this.#at].setAttribute("tabindex", 0);
    columns[this.#at].focus();
  }
}

function axis({ at, label }, width, y) {
  const line = svg("line", { class: "grid", x1: LEFT, x2: width, y1: y(at), y2: y(at) });
  const words = svg("text", { class: "axis", x: LEFT - 8, y: y(at) + 4, "text-anchor": "end" });
  words.textContent = label;
  return svg("g", { "aria-hidden": "true" }, line, words);
}

function days(columns, places, step) {
  const every = Math.ceil(LABEL / step);
  return columns.flatMap(({ label }, index) => {
    // Counted from the newest, which always has its label.
    if ((columns.length - 1 - index) % every) return [];
    const last = index === columns.length - 1 && step < LABEL;
    const x = last ? places[index].x + step : places[index].x + step / 2;
    const place = { x, y: HEIGHT - 6, "text-anchor": last ? "end" : "middle", "aria-hidden": "true" };
    const words = svg("text", { class: "axis", ...place });
    words.textContent = label;
    return [words];
  });
}

/** Ticks from 0 to beyond `most`, at round numbers; `top` is where 1 is. */
export function roundTicks(most, format) {
  const rough = Math.max(1, most) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough));
  const count = Math.max(1, Math.ceil(most / step));
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({
    at: index / count,
    label: format(index * step),
  }));
  return { ticks, top: count * step };
}
