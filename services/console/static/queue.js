// The list of one queue, and where in it somebody is. It never moves by itself: what arrives is
// counted until it is asked for, what others decided is marked and stays.
import * as api from "./api.js";
import { isBefore } from "./cursor.js";
import { belongs, isFiltered, toQuery, viewOf } from "./view.js";

const PAGE = 50;
const MOST = 100;
const NEAR_END = 8;
const SOON = 100;
const COMPARE_DELAY = 2_500;
/** Queues whose arrivals a change tells by itself, as long as no filter is set. */
const TOLD = ["flagged", "escalated", "waiting"];

export const keyOf = (item) => `${item.site}/${item.id}`;

/** Fires "list" when what is in it changed, "earlier" just before that where it grew at its
    beginning, "select" when another item is shown, "counts" when those are new. */
export class Queue extends EventTarget {
  view = viewOf();
  items = [];
  selected = null;
  counts = {};
  total = 0;
  /** How many of what was loaded this person does not want to see. */
  leftOut = 0;
  loaded = false;
  arrivals = new Set();
  next = null;
  previous = null;
  #me;
  #hides;
  #descending = true;
  #deciding = new Set();
  #filling = false;
  #waiting;
  #comparing;
  #took = 0;

  /** `me` is who is logged in; `hides(item)` says what this person has muted. */
  constructor(me, hides) {
    super();
    this.#me = me;
    this.#hides = hides;
  }

  /** Shows another view: at the item with the key `at`, else at the place of a cursor. */
  async open(view, at = "", cursor = "") {
    const fresh = { items: [], selected: null, loaded: false, next: null, previous: null };
    Object.assign(this, { view, leftOut: 0, ...fresh });
    this.arrivals.clear();
    this.#fire("list", "select");
    const page = await this.#fetch(cursor ? { around: cursor } : {});
    if (!page) return;
    if (at && !page.items.some((item) => keyOf(item) === at)) {
      await this.#bring(at, page);
      if (view !== this.view) return;
    }
    Object.assign(this, { loaded: true, items: page.items });
    Object.assign(this, { next: page.next, previous: page.previous });
    this.select(this.#find(at) ?? this.#since(cursor) ?? this.items[0] ?? null);
    this.#fire("list");
  }

  /** Shows an item that stands further on in the queue, at the beginning of the list. */
  include(item) {
    this.items.unshift(item);
    this.#fire("list");
    this.select(item);
  }

  select(item) {
    if (item === this.selected && item) return;
    this.selected = item;
    this.#fire("select");
    this.more();
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
    if (!belongs(this.view, item)) return false;
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
    const item = this.#find(key);
    const here = belongs(this.view, change);
    if (item) {
      if (change.version <= item.version) return;
      if (here) this.#renew(item);
      else item.gone = true;
      if (item.gone && item === this.selected) this.#fire("select");
    } else if (!TOLD.includes(this.view.queue) || isFiltered(this.view)) this.#compareSoon();
    else if (here) this.arrivals.add(key);
    else this.arrivals.delete(key);
    this.#soon();
  }

  /** Who looks at a comment was heard of. */
  looked({ viewers, ...of }, until) {
    const item = this.#find(keyOf(of));
    if (!item) return;
    item.viewers = viewers.map((name) => ({ name, until }));
    this.#soon();
    this.dispatchEvent(new Event("viewers"));
  }

  /** Who else looks at an item now. */
  others(item) {
    const names = (item.viewers ?? []).filter(({ until }) => until > Date.now());
    return names.map(({ name }) => name).filter((name) => name !== this.#me);
  }

  /** Looks what came and went while nothing was heard, without moving anything. */
  async compare() {
    if (!this.loaded) return;
    const page = await this.#fetch({ limit: this.#reach(), ...this.#start() });
    if (!page) return;
    const there = new Set(page.items.map(keyOf));
    const here = new Set(this.items.map(keyOf));
    for (const key of there) if (!here.has(key)) this.arrivals.add(key);
    for (const item of this.items) {
      if (!there.has(keyOf(item)) && this.#covers(page, item)) item.gone = true;
    }
    this.#fire("list", "select");
  }

  /** Brings in what arrived, in its order, around the item that is shown. */
  async refresh() {
    const limit = this.#reach();
    let page = await this.#fetch({ limit });
    const stays = this.selected && !this.selected.gone ? this.selected : null;
    const has = () => page.items.some((item) => keyOf(item) === keyOf(stays));
    if (page?.next && stays?.cursor && !has()) {
      page = await this.#fetch({ limit, around: stays.cursor });
    }
    if (!page) return;
    const old = new Map(this.items.map((item) => [keyOf(item), item]));
    const index = this.items.indexOf(this.selected);
    const known = (item) => {
      const mine = old.get(keyOf(item));
      return mine && mine.version === item.version ? Object.assign(mine, { gone: false }) : item;
    };
    this.items = page.items.map(known);
    Object.assign(this, { next: page.next, previous: page.previous });
    this.arrivals.clear();
    this.#fire("list");
    if (!this.items.includes(this.selected)) {
      const same = this.selected && this.#find(keyOf(this.selected));
      this.select(same ?? this.#upcoming(Math.max(0, index)));
    } else this.#fire("select");
  }

  /** Milliseconds to wait before asking again: what is slow to answer is asked less often. */
  pace(least) {
    return Math.max(least, this.#took * 10);
  }

  async count() {
    await this.#fetch({ limit: 0 });
  }

  /** Loads what comes next before an end of the list is reached; `edge` says that it is. */
  async more(edge = "") {
    if (this.#filling || !this.loaded) return;
    this.#filling = true;
    try {
      while (this.next && (edge === "end" || this.#left() <= NEAR_END)) {
        edge = "";
        if (!(await this.#extend({ after: this.next }))) return;
      }
      const index = this.items.indexOf(this.selected);
      if (this.previous && (edge === "start" || (index >= 0 && index < NEAR_END))) {
        await this.#extend({ before: this.previous });
      }
      // With nothing in sight there is nothing that could jump.
      if (!this.items.length && this.leftOut < this.total) {
        await this.#restart();
      }
    } catch (error) {
      if (!(error instanceof api.Away)) throw error;
    } finally {
      this.#filling = false;
    }
  }

  /** Puts a comment that was asked for by name into a page that does not hold it, where it
      belongs to this queue: further on in it, or decided too long ago to be listed. */
  async #bring(key, page) {
    if (isFiltered(this.view)) return;
    const [site, id] = key.split("/");
    const item = await api.comment({ site, id }).catch(() => null);
    if (item && belongs(this.view, item)) page.items.unshift(item);
  }

  async #restart() {
    const page = await this.#fetch({});
    if (!page?.items.length) return;
    Object.assign(this, { items: page.items, next: page.next, previous: page.previous });
    this.arrivals.clear();
    this.#fire("list");
    this.select(this.items[0]);
  }

  async #extend(paging) {
    const page = await this.#fetch(paging);
    if (!page) return false;
    const here = new Set(this.items.map(keyOf));
    const fresh = page.items.filter((item) => !here.has(keyOf(item)));
    for (const item of fresh) this.arrivals.delete(keyOf(item));
    if (paging.before) {
      this.items.unshift(...fresh);
      this.previous = page.previous;
      this.#fire("earlier");
    } else {
      this.items.push(...fresh);
      this.next = page.next;
    }
    this.#fire("list");
    if (!this.selected && this.items.length) this.select(this.#upcoming(0));
    return true;
  }

  /** A page of the view; null where another view was opened meanwhile. */
  async #fetch(paging) {
    const { view } = this;
    const query = toQuery(view, { paging: { limit: PAGE, ...paging } });
    const began = performance.now();
    const page = await api.get(`/api/queue?${query}`);
    this.#took = performance.now() - began;
    if (view !== this.view) return null;
    this.counts = page.counts;
    this.total = page.total;
    this.#descending = page.order === "desc";
    this.#fire("counts");
    const open = page.items.filter((item) => !this.#deciding.has(keyOf(item)));
    const items = open.filter((item) => !this.#hides(item));
    if (!paging.before && !paging.after) this.leftOut = 0;
    this.leftOut += open.length - items.length;
    return { ...page, items };
  }

  /** Where a page must begin to show what this list shows. */
  #start() {
    return this.previous && this.items[0]?.cursor ? { around: this.items[0].cursor } : {};
  }

  /** Whether a page that lacks an item says that it is gone. */
  #covers(page, item) {
    if (!page.previous && !page.next) return true;
    // Elsewhere places change, and what is not in the page may stand beyond it.
    if (!TOLD.includes(this.view.queue) || !item.cursor || !page.items.length) return false;
    const [first, last] = [page.items[0].cursor, page.items.at(-1).cursor];
    return (
      (!page.previous || isBefore(first, item.cursor, this.#descending)) &&
      (!page.next || isBefore(item.cursor, last, this.#descending))
    );
  }

  #find(key) {
    return this.items.find((item) => keyOf(item) === key);
  }

  /** The first item at a place or after it. */
  #since(cursor) {
    if (!cursor) return undefined;
    return (
      this.items.find((item) => !isBefore(item.cursor, cursor, this.#descending)) ??
      this.items.at(-1)
    );
  }

  /** The count until the server's next word. */
  #adjust(item, by) {
    this.total += by;
    const site = this.counts[item.site];
    if (site) site[this.view.queue] += by;
    this.#fire("counts");
  }

  async #renew(item) {
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh) return;
    Object.assign(item, fresh, { gone: !belongs(this.view, fresh) });
    this.touch(item);
  }

  /** From `index` on the first that is open and nobody else looks at; else the first that is
      open; else whatever is near. */
  #upcoming(index) {
    const open = (item) => !item.skipped && !item.gone && item !== this.selected;
    const free = (item) => open(item) && !this.others(item).length;
    const near = this.items[index] ?? this.items[0] ?? null;
    const later = this.items.slice(index);
    return later.find(free) ?? this.items.find(free) ?? this.items.find(open) ?? near;
  }

  #left() {
    return this.items.length - this.items.indexOf(this.selected);
  }

  #reach() {
    return Math.min(MOST, Math.max(PAGE, this.items.length + this.arrivals.size));
  }

  #compareSoon() {
    this.#comparing ??= setTimeout(async () => {
      this.#comparing = undefined;
      await this.compare().catch((error) => {
        if (!(error instanceof api.Away)) throw error;
      });
    }, this.pace(COMPARE_DELAY));
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
