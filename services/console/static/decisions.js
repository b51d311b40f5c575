// Approve, reject, hand on, undo. The desk moves on at once; what the server says comes after, and
// a decision it did not take puts the comment back.
import * as api from "./api.js";
import { announce } from "./dom.js";
import { ago, has, t } from "./i18n.js";
import { because } from "./problem.js";
import { read, write } from "./settings.js";
import { did } from "./steps.js";
import { belongs } from "./view.js";
import { keyOf } from "./worklist.js";

export class Decisions extends EventTarget {
  #queue;
  #who;
  #seconds;
  #notify;
  /** Those that may still be undone, the newest last. */
  #held = [];

  /** `who` is the answer of GET /api/me; `notify` shows a message that stays. */
  constructor(queue, who, notify) {
    super();
    this.#queue = queue;
    this.#who = who;
    this.#seconds = who.undo_seconds;
    this.#notify = notify;
  }

  /** The newest decision that may still be undone, with `until` by performance.now(). */
  get newest() {
    return this.#held.at(-1);
  }

  /** Decides on `item`: "approve", "reject" or "keep"; `why` is {rule, reason} of a rejection. */
  decide(item, action, why = {}) {
    const entry = this.#begin(item, action);
    if (this.#seconds > 0) this.#held.push(entry);
    entry.saved = this.#save(entry, () =>
      api.decide(item, { action, version: item.version, ...why }),
    );
    this.#store();
    this.#fire();
  }

  /** Escalates, holds or returns `item`: `step` says which. */
  move(item, step, note) {
    const entry = this.#begin(item, step);
    // The way back leads to the flagged ones, and is open to whoever took the way there.
    if (this.#seconds > 0 && step !== "return" && item.place === "flagged") this.#held.push(entry);
    entry.saved = this.#save(entry, () => api.move(item, step, { version: item.version, note }));
    this.#store();
    this.#fire();
  }

  /** A bulk, or what else brings its own `undo()`, can be taken back until `entry.until`. */
  keep(entry) {
    if (!this.#held.includes(entry)) this.#held.push(entry);
    this.#fire();
  }

  /** It cannot be taken back any more. */
  drop(entry) {
    this.#held = this.#held.filter((other) => other !== entry);
    this.#store();
    this.#fire();
  }

  /** Brings back what was decided before the page was closed and may still be undone. */
  async recall() {
    for (const { site, id, version, action, until } of this.#stored()) {
      const left = until - Date.now();
      const item = left > 0 ? await api.comment({ site, id }).catch(() => null) : null;
      if (item?.version !== version) continue;
      const entry = { item, action, version, index: 0, seconds: this.#seconds, recalled: true };
      entry.until = performance.now() + left;
      entry.saved = Promise.resolve(true);
      this.#held.unshift(entry);
      setTimeout(() => this.drop(entry), left);
    }
    this.#fire();
  }

  /** Takes the newest decision back. */
  async undo() {
    const entry = this.newest;
    if (!entry) {
      announce(t("undo.nothing"));
      return;
    }
    this.drop(entry);
    if (entry.undo) {
      await entry.undo();
      return;
    }
    if (!(await entry.saved)) return;
    const { item } = entry;
    this.#queue.hold(item);
    try {
      await this.#takeBack(entry);
    } catch (error) {
      if (error.status === 410) this.#notify(t("undo.late", named(item)));
      else await this.#failed(error, entry, "undo");
    } finally {
      this.#queue.settle(item);
    }
  }

  async #takeBack(entry) {
    const { item, action, version } = entry;
    const moved = ["escalate", "hold"].includes(action);
    const answer = moved
      ? await api.move(item, "return", { version, note: "" })
      : await api.undo(item, version);
    Object.assign(item, answer, { skipped: false, reports: entry.reports });
    if (entry.recalled) {
      this.#queue.settle(item);
      Object.assign(item, await api.comment(item));
      if (belongs(this.#queue.view, item)) await this.#queue.refresh();
      const there = this.#queue.items.find((other) => keyOf(other) === keyOf(item));
      if (there) this.#queue.select(there);
      announce(t(there ? "undo.done" : "undo.elsewhere", named(item)));
      return;
    }
    if (this.#queue.restore(item, entry.index, true)) announce(t("undo.done", named(item)));
    else this.#notify(t("undo.elsewhere", named(item)));
  }

  #begin(item, action) {
    // Announced first: what comes next is said when it is shown.
    announce(t(`undo.${action}`, named(item)));
    const index = this.#queue.take(item);
    const until = performance.now() + this.#seconds * 1000;
    return { item, action, index, seconds: this.#seconds, until, reports: item.reports };
  }

  async #save(entry, send) {
    const { item, action } = entry;
    try {
      const answer = await send();
      entry.version = answer.version;
      if (answer.opinion) {
        this.drop(entry);
        await this.#proposed(entry);
        return false;
      }
      if (answer.undo_until === null) this.drop(entry);
      if (action === "keep") this.#kept(entry);
      entry.until = performance.now() + this.#seconds * 1000;
      setTimeout(() => this.drop(entry), this.#seconds * 1000);
      this.#store();
      this.#fire();
      return true;
    } catch (error) {
      this.drop(entry);
      await this.#failed(error, entry, action);
      return false;
    } finally {
      this.#queue.settle(item, entry.version);
    }
  }

  /** It left the reported ones; among the approved or the rejected it stands as before. */
  #kept({ item, index, version }) {
    Object.assign(item, { version, reports: 0 });
    this.#queue.restore(item, index, false);
  }

  /** It was the first of two opinions, or one that differs from the first. */
  async #proposed({ item, index }) {
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh) return;
    Object.assign(item, fresh, { skipped: true });
    if (!this.#queue.restore(item, index, false)) this.#notify(t("opinion.differs", named(item)));
    else announce(t("opinion.first", named(item)));
  }

  async #failed(error, entry, what) {
    const { item, index } = entry;
    const away = error instanceof api.Away;
    if (!away && !(error instanceof api.Refused)) throw error;
    if (away) this.dispatchEvent(new Event("away"));
    if (error.status === 409) await this.#conflict(error.body.conflict, entry, what);
    else if (error.status === 404) this.#notify(t("notice.missing", named(item)));
    else if (what === "undo") {
      // There may be time to try again.
      if (entry.until > performance.now()) this.#held.push(entry);
      this.#notify(t("undo.failed"));
      this.#fire();
    } else {
      this.#queue.restore(item, index, false);
      const key = away ? "notice.unsaved" : "notice.failed";
      this.#notify(t(key, { ...named(item), detail: away ? "" : because(error) }));
    }
  }

  /** Says who did what meanwhile; the comment comes back where it still waits. */
  async #conflict({ meanwhile }, { item, index }, what) {
    const step = meanwhile ? did(meanwhile) : t("conflict.gone");
    const when = meanwhile ? ago(meanwhile.at) : t("time.just");
    const key = has(`conflict.${what}`) ? `conflict.${what}` : "conflict.move";
    this.#notify(t(key, { ...named(item), did: step, when }));
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh) return;
    const { cursor } = item;
    this.#queue.restore({ ...fresh, cursor }, index, false);
  }

  #stored() {
    try {
      return JSON.parse(read(`held ${this.#who.name}`) || "[]");
    } catch {
      return [];
    }
  }

  /** Keeps in the browser what may be undone after the page was closed; no text, no name. */
  #store() {
    const saved = this.#held.filter(({ item }) => item);
    const kept = saved.map(({ item, version, action, until }) => ({
      site: item.site,
      id: item.id,
      // Until the answer is here, the version it will make: the page may be closed before.
      version: version ?? item.version + 1,
      action,
      until: Math.round(Date.now() + until - performance.now()),
    }));
    write(`held ${this.#who.name}`, kept.length ? JSON.stringify(kept) : "");
  }

  #fire() {
    this.dispatchEvent(new Event("change"));
  }
}

const named = (item) => ({ author: item.author.name || t("comment.nameless") });
