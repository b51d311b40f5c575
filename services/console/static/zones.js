// The comment in the middle and its context on the right, for whatever the queue has selected.
import * as api from "./api.js";
import { showComment, showEmpty } from "./comment.js";
import { showContext } from "./context.js";
import { $ } from "./dom.js";
import { ago, t } from "./i18n.js";
import { notify } from "./notices.js";
import { keyOf } from "./queue.js";
import { did } from "./steps.js";

export class Zones {
  #queue;
  #sites;
  #shown = "";

  /** `sites` are the sites' names by id. */
  constructor(queue, sites) {
    this.#queue = queue;
    this.#sites = sites;
    queue.addEventListener("select", () => this.#show());
  }

  #show() {
    const item = this.#queue.selected;
    this.#enable();
    if (!item) {
      this.#shown = "";
      $("context").replaceChildren();
      if (this.#queue.loaded) showEmpty($("shown"), this.#queue.state);
      else $("shown").replaceChildren();
      return;
    }
    const version = `${keyOf(item)} ${item.version}`;
    if (this.#shown !== version) {
      this.#shown = version;
      showComment($("shown"), item, this.#sites);
      showContext($("context"), item);
      for (const zone of ["comment", "context", "item"]) $(zone).scrollTop = 0;
    }
    this.#look(item);
  }

  /** Fetches the history; and tells who has decided, where somebody has since. */
  async #look(item) {
    const fresh = await api.comment(item).catch(() => null);
    if (!fresh || this.#queue.selected !== item) return;
    showContext($("context"), item, fresh.history);
    if (fresh.version === item.version || item.told) return;
    if (fresh.state === this.#queue.state) Object.assign(item, fresh);
    else {
      item.gone = item.told = true;
      const author = item.author.name || t("comment.nameless");
      notify(t("notice.meanwhile", { author, did: did(fresh.why), when: ago(fresh.why.at) }));
    }
    this.#queue.touch(item);
  }

  #enable() {
    const item = this.#queue.selected;
    for (const action of ["approve", "reject", "skip"]) {
      const button = document.querySelector(`.buttons [data-action="${action}"]`);
      button.disabled = !item || (action !== "skip" && Boolean(item.gone));
    }
  }
}
