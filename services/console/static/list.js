// The list on the left.
import { isCovered } from "./care.js";
import { $, announce, copy } from "./dom.js";
import { age, fillTime, ruleName, t } from "./i18n.js";
import { what } from "./steps.js";
import { keyOf } from "./worklist.js";

/** Pixels from an end of the list at which more of it is fetched. */
const NEAR = 240;

/** From 0.5 on a score is worth a look, from 0.8 on it is high; colours follow. */
export const level = (score) => (score >= 0.8 ? "high" : score >= 0.5 ? "mid" : "low");

export class List {
  #queue;
  #rows = new Map();

  constructor(queue) {
    this.#queue = queue;
    queue.addEventListener("list", () => this.#render());
    queue.addEventListener("earlier", () => this.#still(() => this.#render()));
    queue.addEventListener("select", () => this.#mark());
    $("arrivals").addEventListener("click", () => this.#still(() => queue.refresh()));
    $("items").addEventListener("scroll", () => this.#scrolled(), { passive: true });
    setInterval(() => this.#grow(), 30_000);
  }

  #render() {
    const keep = new Set(this.#queue.items.map(keyOf));
    for (const [key, row] of this.#rows) {
      if (!keep.has(key)) this.#leave(key, row);
    }
    // A row that is in its place already is left alone, so that nothing flickers or jumps.
    let place = first();
    for (const item of this.#queue.items) {
      const row = this.#row(item);
      if (row === place) place = following(place);
      else $("items").insertBefore(row, place);
    }
    $("left-out").hidden = !this.#queue.leftOut;
    $("left-out").textContent = t("list.left", { count: this.#queue.leftOut });
    const count = this.#queue.arrivals.size;
    $("arrivals").hidden = count === 0;
    $("arrivals").textContent = count ? t("list.arrivals", { count }) : "";
    this.#mark();
  }

  #row(item) {
    let row = this.#rows.get(keyOf(item));
    if (!row) {
      const { root, slots } = copy("t-row");
      row = root.firstElementChild;
      row.slots = slots;
      row.firstElementChild.addEventListener("click", () => this.#queue.select(row.item));
      this.#rows.set(keyOf(item), row);
      fillTime(slots.age, item.received_at);
    }
    this.#fill(row, item);
    return row;
  }

  /** Writes what has changed: most rows are as they were, and a key must be quick. */
  #fill(row, item) {
    const names = item.gone ? [] : this.#queue.others(item);
    const { gone, skipped, version, opinion, reports } = item;
    const now = [version, gone, skipped, isCovered(item), Boolean(opinion), reports, ...names].join(" ");
    if (row.item === item && row.now === now) return;
    Object.assign(row, { item, now });
    row.classList.toggle("skipped", Boolean(item.skipped));
    row.classList.toggle("gone", Boolean(item.gone));
    const { author, text, why, others, score } = row.slots;
    author.textContent = item.author.name || t("comment.nameless");
    text.textContent = textOf(item);
    why.textContent = item.gone ? t("list.gone") : reasonOf(item);
    others.textContent = names.join(", ");
    others.title = names.length ? t("list.others", { names: others.textContent }) : "";
    const shown = this.#scoreOf(item);
    score.textContent = shown === null ? "" : shown.toFixed(2);
    score.dataset.level = level(shown);
  }

  /** The score the list is sorted by, else the highest. */
  #scoreOf(item) {
    const values = item.scores?.values;
    if (!values) return null;
    const { sort, attribute } = this.#queue.view;
    if (sort.startsWith("score") && attribute in values) return values[attribute];
    return Math.max(...Object.values(values));
  }

  #leave(key, row) {
    this.#rows.delete(key);
    const held = row.contains(document.activeElement);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still) row.remove();
    else {
      row.inert = true;
      row.classList.add("leaving");
      row.addEventListener("transitionend", () => row.remove());
    }
    if (held) this.#rows.get(keyOf(this.#queue.selected ?? {}))?.firstElementChild.focus();
  }

  #mark() {
    const { selected, items } = this.#queue;
    const focused = $("items").contains(document.activeElement);
    for (const [key, row] of this.#rows) {
      const entry = row.firstElementChild;
      const now = selected !== null && key === keyOf(selected);
      entry.tabIndex = now ? 0 : -1;
      if (now === (entry.getAttribute("aria-current") === "true")) continue;
      entry.setAttribute("aria-current", String(now));
      if (!now) continue;
      entry.scrollIntoView({ block: "nearest" });
      if (focused) entry.focus();
      else announce(placeOf(selected, items));
    }
  }

  /** Does `work`; what is selected stays where it is on the screen. */
  async #still(work) {
    const top = () => {
      const key = this.#queue.selected && keyOf(this.#queue.selected);
      return this.#rows.get(key)?.getBoundingClientRect().top;
    };
    const before = top();
    await work();
    const after = top();
    if (before !== undefined && after !== undefined) $("items").scrollTop += after - before;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = $("items");
    if (scrollHeight - scrollTop - clientHeight < NEAR) this.#queue.more("end");
    else if (scrollTop < NEAR) this.#queue.more("start");
  }

  #grow() {
    this.#render();
    for (const row of this.#rows.values()) row.slots.age.textContent = age(row.item.received_at);
  }
}

function placeOf(item, items) {
  return t("list.place", {
    place: items.indexOf(item) + 1,
    total: items.length,
    author: item.author.name,
    text: textOf(item),
  });
}

function textOf(item) {
  if (isCovered(item)) return t("list.covered");
  return item.text || t("list.erased");
}

function reasonOf(item) {
  if (item.opinion) return t("chip.second");
  if (item.letter) return t("list.dead");
  if (item.reports > 0) return t("chip.reported", { count: item.reports });
  return item.why ? nameOf(item.why) : t("list.unscored");
}

const nameOf = (why) => (why.rule ? ruleName(why.rule) : what(why));

const first = () => staying($("items").firstElementChild);
const following = (row) => staying(row.nextElementSibling);

/** `row`, or the first after it that is not on its way out. */
function staying(row) {
  let at = row;
  while (at?.classList.contains("leaving")) at = at.nextElementSibling;
  return at;
}
