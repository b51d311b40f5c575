// A queue: what somebody works through, kept in step with the server. It asks for pages of the
// view, and compares what it heard and missed with what is there.
import * as api from "./api.js";
import { isBefore } from "./cursor.js";
import { belongs, isFiltered, toQuery } from "./view.js";
import { Worklist, keyOf } from "./worklist.js";

const PAGE = 50;
const MOST = 100;
const NEAR_END = 8;
const COMPARE_DELAY = 2_500;
/** Queues whose arrivals a change tells by itself, as long as no filter is set. */
const TOLD = ["flagged", "escalated", "waiting"];

export class Queue extends Worklist {
  /** How many of what was loaded this person does not want to see. */
  leftOut = 0;
  loaded = false;
  next = null;
  previous = null;
  #hides;
  #descending = true;
  #filling = false;
  #comparing;
  #took = 0;

  /** `me` is who is logged in; `hides(item)` says what this person has muted. */
  constructor(me, hides) {
    super(me);
    this.#hides = hides;
  }

  /** Shows another view: at the item with the key `at`, else at the place of a cursor. */
  async open(view, at = "", cursor = "") {
    const fresh = { items: [], selected: null, loaded: false, next: null, previous: null };
    Object.assign(this, { view, leftOut: 0, ...fresh });
    this.arrivals.clear();
    this.fire("list", "select");
    const page = await this.#fetch(cursor ? { around: cursor } : {});
    if (!page) return;
    if (at && !page.items.some((item) => keyOf(item) === at)) {
      await this.#bring(at, page);
      if (view !== this.view) return;
    }
    Object.assign(this, { loaded: true, items: page.items });
    Object.assign(this, { next: page.next, previous: page.previous });
    this.select(this.find(at) ?? this.#since(cursor) ?? this.items[0] ?? null);
    this.fire("list");
  }

  select(item) {
    super.select(item);
    this.more();
  }

  /** A change was heard of: counts arrivals, marks what somebody else decided. */
  heard(change) {
    const key = keyOf(change);
    if (this.isBehind(change)) return;
    const item = this.find(key);
    const here = belongs(this.view, change);
    if (item) {
      if (change.version <= item.version) return;
      if (here) this.#renew(item);
      else item.gone = true;
      if (item.gone && item === this.selected) this.fire("select");
    } else if (!TOLD.includes(this.view.queue) || isFiltered(this.view)) this.#compareSoon();
    else if (here) this.arrivals.add(key);
    else this.arrivals.delete(key);
    this.soon();
  }

  /** Looks what came and went while nothing was heard, without moving anything. */
  async compare() {
    if (!this.loaded) return;
    const asked = new Map(this.items.map((item) => [item, item.version]));
    const page = await this.#fetch({ limit: this.#reach(), ...this.#start() });
    if (!page) return;
    const there = new Set(page.items.map(keyOf));
    const here = new Set(this.items.map(keyOf));
    for (const key of there) if (!here.has(key)) this.arrivals.add(key);
    for (const item of this.items) {
      // What was decided and taken back meanwhile, the answer may not know of.
      if (asked.get(item) !== item.version) continue;
      if (!there.has(keyOf(item)) && this.#covers(page, item)) item.gone = true;
    }
    this.fire("list", "select");
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
    this.fire("list");
    if (!this.items.includes(this.selected)) {
      const same = this.selected && this.find(keyOf(this.selected));
      this.select(same ?? this.upcoming(Math.max(0, index)));
    } else this.fire("select");
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
    this.fire("list");
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
      this.fire("earlier");
    } else {
      this.items.push(...fresh);
      this.next = page.next;
    }
    this.fire("list");
    if (!this.selected && this.items.length) this.select(this.upcoming(0));
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
    this.fire("counts");
    const open = page.items.filter((item) => !this.isBehind(item));
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

  /** The first item at a place or after it. */
  #since(cursor) {
    if (!cursor) return undefined;
    return (
      this.items.find((item) => !isBefore(item.cursor, cursor, this.#descending)) ??
      this.items.at(-1)
    );
  }

  async #renew(item) {
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh) return;
    Object.assign(item, fresh, { gone: !belongs(this.view, fresh) });
    this.touch(item);
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
}
