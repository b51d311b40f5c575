// The list of one queue, and where in it somebody is. It never moves by itself: what arrives is
// counted until it is asked for, what others decided is marked and stays.
import * as api from "./api.js";

const PAGE = 50;
const MOST = 100;
const NEAR_END = 8;
const SOON = 100;

export const keyOf = (item) => `${item.site}/${item.id}`;

/** Fires "list" when what is in it changed, "select" when another item is shown. */
export class Queue extends EventTarget {
  state = "flagged";
  site = "";
  items = [];
  selected = null;
  counts = {};
  total = 0;
  loaded = false;
  arrivals = new Set();
  #deciding = new Set();
  #filling = false;
  #waiting;

  /** Shows another queue, at the item with the key `at` where it is in it. */
  async open(state, site, at = "") {
    Object.assign(this, { state, site, items: [], selected: null, loaded: false });
    this.arrivals.clear();
    this.#fire("list", "select");
    const page = await this.#fetch(PAGE, 0);
    if (state !== this.state || site !== this.site) return;
    this.loaded = true;
    this.items = page;
    this.select(this.items.find((item) => keyOf(item) === at) ?? this.items[0] ?? null);
    this.#fire("list");
  }

  select(item) {
    if (item === this.selected && item) return;
    this.selected = item;
    this.#fire("select");
    this.#fill();
  }

  /** Moves by one, wherever that leads; stays at the ends. */
  move(by) {
    const index = this.items.indexOf(this.selected) + by;
    if (index >= 0 && index < this.items.length) this.select(this.items[index]);
  }

  /** Leaves the selected one for later. */
  skip() {
    if (!this.selected) return;
    this.selected.skipped = true;
    this.select(this.#upcoming(this.items.indexOf(this.selected) + 1));
    this.#fire("list");
  }

  /** Something about an item changed. */
  touch(item) {
    this.#fire("list");
    if (item === this.selected) this.#fire("select");
  }

  /** Takes an item that is being decided out of the list; returns where it was. */
  take(item) {
    const index = this.items.indexOf(item);
    this.hold(item);
    this.items.splice(index, 1);
    this.#adjust(item, -1);
    if (item === this.selected) this.select(this.#upcoming(index));
    this.#fire("list");
    return index;
  }

  /** Ignores what is heard of an item while a decision on it is under way. */
  hold(item) {
    this.#deciding.add(keyOf(item));
  }

  /** That decision is settled, one way or the other. */
  settle(item) {
    this.#deciding.delete(keyOf(item));
  }

  /** Puts an item back where it was; false where it does not belong to this queue. */
  restore(item, index, select) {
    if (item.state !== this.state || (this.site && item.site !== this.site)) return false;
    this.arrivals.delete(keyOf(item));
    this.items = this.items.filter((other) => keyOf(other) !== keyOf(item));
    this.items.splice(Math.min(index, this.items.length), 0, item);
    this.#adjust(item, 1);
    if (select || !this.selected) this.select(item);
    this.#fire("list");
    return true;
  }

  /** A change was heard of: counts arrivals, marks what somebody else decided. */
  heard(change) {
    const key = keyOf(change);
    if (this.#deciding.has(key)) return;
    const item = this.items.find((other) => keyOf(other) === key);
    const waits = change.state === this.state && (!this.site || change.site === this.site);
    if (item) {
      if (change.version <= item.version) return;
      if (waits) this.#renew(item);
      else item.gone = true;
      if (item.gone && item === this.selected) this.#fire("select");
    } else if (waits) this.arrivals.add(key);
    else this.arrivals.delete(key);
    this.#soon();
  }

  /** Looks what came and went while nothing was heard, without moving anything. */
  async compare() {
    if (!this.loaded) return;
    const limit = this.#reach();
    const page = await this.#fetch(limit, 0);
    const there = new Set(page.map(keyOf));
    const here = new Set(this.items.map(keyOf));
    for (const key of there) if (!here.has(key)) this.arrivals.add(key);
    if (page.length < limit) {
      for (const item of this.items) if (!there.has(keyOf(item))) item.gone = true;
    }
    this.#fire("list", "select");
  }

  /** Brings in what arrived, in its order, around the item that is shown. */
  async refresh() {
    const limit = this.#reach();
    const page = await this.#fetch(limit, 0);
    const old = new Map(this.items.map((item) => [keyOf(item), item]));
    const there = new Set(page.map(keyOf));
    const index = this.items.indexOf(this.selected);
    // What lies beyond the page may still wait; where the page is the whole queue it does not.
    const beyond = this.items.filter((item) => !item.gone && !there.has(keyOf(item)));
    const known = (item) => {
      const mine = old.get(keyOf(item));
      return mine && mine.version === item.version ? mine : item;
    };
    this.items = [...page.map(known), ...(page.length < limit ? [] : beyond)];
    this.arrivals.clear();
    this.#fire("list");
    if (!this.items.includes(this.selected)) {
      const same = this.selected && this.items.find((i) => keyOf(i) === keyOf(this.selected));
      this.select(same ?? this.#upcoming(Math.max(0, index)));
    }
  }

  async count() {
    await this.#fetch(0, 0);
    this.#fire("list");
  }

  async #fetch(limit, offset) {
    const { state, site } = this;
    const page = await api.queue({ state, site, limit, offset });
    if (state === this.state && site === this.site) {
      this.counts = page.counts;
      this.total = page.total;
    }
    return page.items.filter((item) => !this.#deciding.has(keyOf(item)));
  }

  /** Loads the next page before the end is reached. */
  async #fill() {
    const left = this.items.length - this.items.indexOf(this.selected);
    const waiting = this.items.filter((item) => !item.gone).length;
    if (this.#filling || !this.loaded || left > NEAR_END) return;
    if (waiting + this.arrivals.size + this.#deciding.size >= this.total) return;
    this.#filling = true;
    try {
      const page = await this.#fetch(PAGE, waiting);
      const here = new Set(this.items.map(keyOf));
      this.items.push(...page.filter((item) => !here.has(keyOf(item)) && !this.#counted(item)));
      this.#fire("list");
      if (!this.selected) this.select(this.items[0] ?? null);
    } catch (error) {
      if (!(error instanceof api.Away)) throw error;
    } finally {
      this.#filling = false;
    }
  }

  /** The count until the server's next word. */
  #adjust(item, by) {
    this.total += by;
    const site = this.counts[item.site];
    if (site) site[this.state] += by;
  }

  #counted(item) {
    return this.arrivals.has(keyOf(item));
  }

  async #renew(item) {
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh) return;
    Object.assign(item, fresh, { gone: fresh.state !== this.state });
    this.touch(item);
  }

  /** From `index` on the first that is open; else the first of all; else whatever is near. */
  #upcoming(index) {
    const open = (item) => !item.skipped && !item.gone && item !== this.selected;
    const near = this.items[index] ?? this.items[0] ?? null;
    return this.items.slice(index).find(open) ?? this.items.find(open) ?? near;
  }

  #reach() {
    return Math.min(MOST, Math.max(PAGE, this.items.length + this.arrivals.size));
  }

  /** Many changes a second are one change of the page. */
  #soon() {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#fire("list");
    }, SOON);
  }

  #fire(...names) {
    for (const name of names) this.dispatchEvent(new Event(name));
  }
}
