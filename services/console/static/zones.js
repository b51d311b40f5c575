// The comment in the middle and its context on the right, for whatever the queue has selected.
import * as api from "./api.js";
import { isCovered } from "./care.js";
import { showComment, showEmpty, showOthers } from "./comment.js";
import { showContext } from "./context.js";
import { $, announce } from "./dom.js";
import { ago, t } from "./i18n.js";
import { notify } from "./notices.js";
import { toDecide } from "./rights.js";
import { showSimilar } from "./similar.js";
import { decidedBy, policies, reasons } from "./site.js";
import { did } from "./steps.js";
import { belongs, canFilter } from "./view.js";
import { keyOf } from "./worklist.js";

const ACTIONS = ["approve", "reject", "escalate", "hold", "return", "retry"];
/** These buttons stand there only where they can be used. */
const AT_TIMES = ["hold", "return", "retry"];

export class Zones {
  #queue;
  #sites;
  #may;
  #me;
  #narrow;
  #shown = "";

  /** `sites` are the sites' names by id, `may(item, action)` what is allowed, `me` who looks,
      `narrow(changes)` filters the queue. */
  constructor(queue, { sites, may, me, narrow }) {
    this.#queue = queue;
    this.#sites = sites;
    this.#may = may;
    this.#me = me;
    this.#narrow = narrow;
    queue.addEventListener("select", () => this.#show());
    queue.addEventListener("viewers", () => this.#showOthers());
    setInterval(() => this.#showOthers(), 5_000);
  }

  /** Shows the text of a comment that is covered. */
  uncover() {
    const item = this.#queue.selected;
    if (!item || !isCovered(item)) return;
    item.shown = true;
    this.#comment(item);
    announce(item.text);
    $("comment").focus({ preventScroll: true });
    this.#queue.touch(item);
  }

  /** Somebody ruled about an author. */
  ruled({ site, id }) {
    const item = this.#queue.selected;
    if (item?.site === site && item.author.id === id) this.#look(item);
  }

  /** How an article takes comments was changed. */
  articleChanged({ site, article }) {
    const item = this.#queue.selected;
    if (item?.site === site && item.article.id === article) this.#look(item);
  }

  #show() {
    const item = this.#queue.selected;
    this.#enable();
    if (!item) {
      this.#shown = "";
      $("context").replaceChildren();
      if (this.#queue.loaded) showEmpty($("shown"), this.#queue);
      else $("shown").replaceChildren();
      this.#showOthers();
      return;
    }
    const version = `${keyOf(item)} ${item.version} ${item.place}`;
    if (this.#shown !== version) {
      this.#shown = version;
      this.#comment(item);
      this.#context(item);
      for (const zone of ["comment", "context", "item"]) $(zone).scrollTop = 0;
      this.#look(item);
      this.#compare(item);
    } else if (item.gone && !item.told) this.#look(item);
    this.#showOthers();
  }

  #comment(item) {
    const narrow = canFilter(this.#queue.view) ? this.#narrow : null;
    showComment($("shown"), item, this.#sites, narrow);
  }

  #context(item) {
    const policy = policies.now(...decidedBy(item));
    showContext($("context"), item, item.history, policy);
  }

  /** Fetches what the list does not have; and tells who has decided, where somebody has since. */
  async #look(item) {
    reasons.get(item.site);
    const policy = policies.get(...decidedBy(item));
    const fresh = await api.comment(item).catch(() => null);
    await policy;
    if (!fresh) return;
    const { history, listed, viewers, author, article } = fresh;
    const marks = Boolean(listed.length) && !item.listed;
    const ruled = author.standing !== item.author.standing;
    const set = JSON.stringify(article) !== JSON.stringify(item.article);
    Object.assign(item, { history, listed, viewers, author, article });
    if (this.#queue.selected !== item) return;
    this.#enable();
    this.#context(item);
    this.#showOthers();
    if (marks || ruled || set) this.#comment(item);
    if (fresh.version === item.version || item.told) return;
    if (belongs(this.#queue.view, fresh)) Object.assign(item, fresh);
    else {
      item.gone = item.told = true;
      if (fresh.why.by !== this.#me) {
        const author = item.author.name || t("comment.nameless");
        notify(t("notice.meanwhile", { author, did: did(fresh.why), when: ago(fresh.why.at) }));
      }
    }
    this.#queue.touch(item);
  }

  /** Looks who else says nearly the same. */
  async #compare(item) {
    item.similar = await api.similar(item).catch(() => null);
    if (this.#queue.selected !== item) return;
    showSimilar($("context").querySelector(".similar"), item.similar);
  }

  #showOthers() {
    const item = this.#queue.selected;
    showOthers($("others"), item ? this.#queue.others(item) : []);
  }

  #enable() {
    const item = this.#queue.selected;
    const button = (action) => document.querySelector(`.buttons [data-action="${action}"]`);
    for (const action of ["approve", "reject"]) {
      const word = button(action).querySelector("[data-t]");
      word.textContent = t(`action.${item ? toDecide(item, action) : action}`);
    }
    for (const action of ACTIONS) {
      const may = this.#may(item, item ? toDecide(item, action) : action);
      button(action).disabled = !may;
      if (AT_TIMES.includes(action)) button(action).hidden = !may;
    }
    button("hold").hidden = this.#may(item, "return");
    button("skip").disabled = !item;
  }
}
