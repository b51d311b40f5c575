// A score's histogram on which a range can be chosen: by dragging over its bars, or with two
// sliders, which the keyboard moves.
import { make } from "./dom.js";
import { t } from "./i18n.js";

const BINS = 20;

export class Histogram {
  #bars;
  #least;
  #most;
  #told;
  #pressed = null;

  /** `told({least, most})` hears of each range that is chosen. */
  constructor(node, told) {
    this.#told = told;
    this.#bars = node.querySelector(".bars");
    this.#bars.append(...Array.from({ length: BINS }, () => make("span")));
    [this.#least, this.#most] = node.querySelectorAll("input");
    this.#least.addEventListener("input", () => this.#slid(this.#least));
    this.#most.addEventListener("input", () => this.#slid(this.#most));
    this.#bars.addEventListener("pointerdown", (event) => {
      this.#bars.setPointerCapture(event.pointerId);
      this.#pressed = this.#bin(event);
      this.#drag(event);
    });
    this.#bars.addEventListener("pointermove", (event) => this.#pressed !== null && this.#drag(event));
    this.#bars.addEventListener("pointerup", () => {
      this.#pressed = null;
      this.#tell();
    });
  }

  /** Shows how many there are per bin, and the chosen range where there is one. */
  show(counts, range) {
    const highest = Math.max(1, ...counts);
    for (const [index, bar] of [...this.#bars.children].entries()) {
      const count = counts[index] ?? 0;
      // The root keeps a bin of three in sight beside one of three thousand.
      bar.style.setProperty("--height", Math.sqrt(count / highest));
      bar.title = t("filter.bin", { from: (index / BINS).toFixed(2), count });
    }
    if (this.#pressed !== null) return;
    this.#least.value = range?.least ?? 0;
    this.#most.value = range?.most ?? 1;
    this.#paint();
  }

  get range() {
    return { least: Number(this.#least.value), most: Number(this.#most.value) };
  }

  #bin(event) {
    const { left, width } = this.#bars.getBoundingClientRect();
    const at = Math.floor(((event.clientX - left) / width) * BINS);
    return Math.min(BINS - 1, Math.max(0, at));
  }

  #drag(event) {
    const here = this.#bin(event);
    this.#least.value = Math.min(here, this.#pressed) / BINS;
    this.#most.value = (Math.max(here, this.#pressed) + 1) / BINS;
    this.#paint();
  }

  /** One slider pushes the other before it. */
  #slid(moved) {
    const { least, most } = this.range;
    if (least > most) (moved === this.#least ? this.#most : this.#least).value = moved.value;
    this.#paint();
    this.#tell();
  }

  #tell() {
    this.#told(this.range);
  }

  #paint() {
    const { least, most } = this.range;
    for (const [index, bar] of [...this.#bars.children].entries()) {
      const inside = (index + 0.5) / BINS > least && (index + 0.5) / BINS < most;
      bar.classList.toggle("in", inside);
    }
    this.#least.ariaValueText = least.toFixed(2);
    this.#most.ariaValueText = most.toFixed(2);
    this.#least.nextElementSibling.textContent = least.toFixed(2);
    this.#most.nextElementSibling.textContent = most.toFixed(2);
  }
}
