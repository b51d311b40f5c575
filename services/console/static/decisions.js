// Approve, reject, undo. The desk moves on at once; what the server says comes after, and a
// decision it did not take puts the comment back.
import * as api from "./api.js";
import { announce } from "./dom.js";
import { ago, t } from "./i18n.js";
import { did } from "./steps.js";

export class Decisions extends EventTarget {
  #queue;
  #seconds;
  #notify;
  /** Those that may still be undone, the newest last. */
  #held = [];

  /** `seconds` is the server's undo window; `notify` shows a message that stays. */
  constructor(queue, seconds, notify) {
    super();
    this.#queue = queue;
    this.#seconds = seconds;
    this.#notify = notify;
  }

  /** The newest decision that may still be undone, with `until` by performance.now(). */
  get newest() {
    return this.#held.at(-1);
  }

  /** Decides on `item`; `rule` is the reason's code of a rejection. */
  decide(item, action, rule = "") {
    const index = this.#queue.take(item);
    const entry = { item, action, index, seconds: this.#seconds };
    entry.until = performance.now() + this.#seconds * 1000;
    if (this.#seconds > 0) this.#held.push(entry);
    entry.saved = this.#save(entry, rule);
    announce(t(`undo.${action}`, named(item)));
    this.#fire();
  }

  /** Takes the newest decision back. */
  async undo() {
    const entry = this.newest;
    if (!entry) {
      announce(t("undo.nothing"));
      return;
    }
    this.#forget(entry);
    if (!(await entry.saved)) return;
    const { item } = entry;
    this.#queue.hold(item);
    try {
      Object.assign(item, await api.undo(item, entry.version), { skipped: false });
      const here = this.#queue.restore(item, entry.index, true);
      if (here) announce(t("undo.done", named(item)));
      else this.#notify(t("undo.elsewhere", named(item)));
    } catch (error) {
      if (error.status === 410) this.#notify(t("undo.late", named(item)));
      else await this.#failed(error, entry, "undo");
    } finally {
      this.#queue.settle(item);
    }
  }

  async #save(entry, rule) {
    const { item, action } = entry;
    try {
      const answer = await api.decide(item, { action, version: item.version, rule });
      entry.version = answer.version;
      entry.until = performance.now() + this.#seconds * 1000;
      setTimeout(() => this.#forget(entry), this.#seconds * 1000);
      this.#fire();
      return true;
    } catch (error) {
      this.#forget(entry);
      await this.#failed(error, entry, action);
      return false;
    } finally {
      this.#queue.settle(item);
    }
  }

  async #failed(error, entry, what) {
    const { item, index } = entry;
    const away = error instanceof api.Away;
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
      this.#notify(t(key, { ...named(item), detail: error.message }));
    }
  }

  /** Says who did what meanwhile; the comment comes back where it still waits. */
  async #conflict({ state, meanwhile }, { item, index }, what) {
    const step = meanwhile ? did(meanwhile) : t("conflict.gone");
    const when = meanwhile ? ago(meanwhile.at) : t("time.just");
    this.#notify(t(`conflict.${what}`, { ...named(item), did: step, when }));
    if (state !== this.#queue.state) return;
    const fresh = await api.comment(item).catch(() => null);
    if (fresh) this.#queue.restore(fresh, index, false);
  }

  #forget(entry) {
    this.#held = this.#held.filter((other) => other !== entry);
    this.#fire();
  }

  #fire() {
    this.dispatchEvent(new Event("change"));
  }
}

const named = (item) => ({ author: item.author.name || t("comment.nameless") });
