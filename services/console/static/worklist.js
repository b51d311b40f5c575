// What somebody works through: the comments of one view, and where in them they are. It never moves
// by itself: what arrives is counted until it is asked for, what others decided is marked and stays.
import { belongs, viewOf } from "./view.js";

const SOON = 100;

export const keyOf = (item) => `${item.site}/${item.id}`;

/** Fires "list" when what is in it changed, "earlier" just before that where it grew at its
    beginning, "select" when another item is shown, "counts" when those are new. */
export class Worklist extends EventTarget {
  view = viewOf();
  items = [];
  selected = null;
  counts = {};
  total = 0;
  arrivals = new Set();
  #me;
  #deciding = new Set();
  /** The versions that this person's decisions made: what tells of an older one is late. */
  #decided = new Map();
  #waiting;

  /** `me` is who is logged in. */
  constructor(me) {
    super();
    this.#me = me;
  }

  /** Shows an item that stands further on in the queue, at the beginning of the list. */
  include(item) {
    this.items.unshift(item);
    this.fire("list");
    this.select(item);
  }

  /** Shows an item, or none. */
  select(item) {
    if (item === this.selected && item) return;
    this.selected = item;
    this.fire("select");
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
    this.select(this.upcoming(this.items.indexOf(this.selected) + 1));
    this.fire("list");
  }

  /** Something about an item changed. */
  touch(item) {
    this.fire("list");
    if (item === this.selected) this.fire("select");
  }

  /** Takes an item that is being decided out of the list; returns where it was. */
  take(item) {
    const index = this.items.indexOf(item);
    this.hold(item);
    this.items.splice(index, 1);
    this.#adjust(item, -1);
    if (item === this.selected) this.select(this.upcoming(index));
    this.fire("list");
    return index;
  }

  /** Ignores what is heard of an item while a decision on it is under way. */
  hold(item) {
    this.#deciding.add(keyOf(item));
  }

  /** That decision is settled, one way or the other; `version` is what it made of the item. */
  settle(item, version) {
    this.#deciding.delete(keyOf(item));
    if (version) this.#decided.set(keyOf(item), version);
  }

  /** Whether what is said of an item is from before a decision of this person on it. */
  isBehind(told) {
    const key = keyOf(told);
    return this.#deciding.has(key) || told.version < this.#decided.get(key);
  }

  /** Puts an item back where it was; false where it does not belong to this queue. */
  restore(item, index, select) {
    if (!belongs(this.view, item)) return false;
    this.arrivals.delete(keyOf(item));
    this.items = this.items.filter((other) => keyOf(other) !== keyOf(item));
    this.items.splice(Math.min(index, this.items.length), 0, item);
    this.#adjust(item, 1);
    if (select || !this.selected) this.select(item);
    this.fire("list");
    return true;
  }

  /** Who looks at a comment was heard of. */
  looked({ viewers, ...of }, until) {
    const item = this.find(keyOf(of));
    if (!item) return;
    item.viewers = viewers.map((name) => ({ name, until }));
    this.soon();
    this.dispatchEvent(new Event("viewers"));
  }

  /** Who else looks at an item now. */
  others(item) {
    const names = (item.viewers ?? []).filter(({ until }) => until > Date.now());
    return names.map(({ name }) => name).filter((name) => name !== this.#me);
  }

  /** The item with a key; undefined where it is not here. */
  find(key) {
    return this.items.find((item) => keyOf(item) === key);
  }

  /** From `index` on the first that is open and nobody else looks at; else the first that is
      open; else whatever is near. */
  upcoming(index) {
    const open = (item) => !item.skipped && !item.gone && item !== this.selected;
    const free = (item) => open(item) && !this.others(item).length;
    const near = this.items[index] ?? this.items[0] ?? null;
    const later = this.items.slice(index);
    return later.find(free) ?? this.items.find(free) ?? this.items.find(open) ?? near;
  }

  /** Many changes a second are one change of the page. */
  soon() {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.fire("list");
    }, SOON);
  }

  fire(...names) {
    for (const name of names) this.dispatchEvent(new Event(name));
  }

  /** The count until the server's next word. */
  #adjust(item, by) {
    this.total += by;
    const site = this.counts[item.site];
    if (site) site[this.view.queue] += by;
    this.fire("counts");
  }
}
