// An article's comments in every state: as a tree, or those of one state as a list.
import * as api from "./api.js";
import { authorPage, deskWith } from "./author-address.js";
import { isCovered } from "./care.js";
import { $, announce, copy, make } from "./dom.js";
import { fillTime, t } from "./i18n.js";
import { attempt } from "./page.js";

const STATES = ["flagged", "pending", "approved", "rejected", "erased"];
const TONES = { approved: "good", flagged: "warn", rejected: "bad" };

export class Thread {
  #path;
  #asked;

  /** `path` is the article's in the API. */
  constructor(path) {
    this.#path = path;
    $("state").append(new Option(t("thread.tree"), ""));
    for (const state of STATES) $("state").append(new Option(t(`thread.only.${state}`), state));
    for (const name of ["state", "order"]) {
      $(name).addEventListener("change", () => attempt(() => this.show()));
    }
  }

  /** Shows it anew from its beginning. */
  async show() {
    const asked = (this.#asked = {});
    const state = $("state").value;
    const query = state ? { state, order: $("order").value } : { parent: "", order: $("order").value };
    const list = await this.#list(query);
    // Something else was chosen meanwhile.
    if (asked !== this.#asked) return;
    $("thread").replaceChildren(list);
    announce(t("thread.shown", { count: list.querySelectorAll(".node").length }));
  }

  /** A list of what `query` asks for, with a button for more of it. */
  async #list(query) {
    const list = make("ol", { className: "nodes" });
    const more = make("button", { className: "button", text: t("thread.more") });
    const whole = make("div", {}, list, more);
    let next = null;
    const read = async () => {
      const asked = new URLSearchParams({ ...query, ...(next && { before: next }) });
      const page = await api.get(`${this.#path}/thread?${asked}`);
      list.append(...page.items.map((item) => this.#node(item, "parent" in query)));
      next = page.next;
      more.hidden = !next;
      if (!list.children.length) whole.prepend(make("p", { className: "soft", text: t("thread.none") }));
    };
    more.addEventListener("click", () => attempt(read, more));
    await read();
    return whole;
  }

  /** A comment; in the tree, with what answers it. */
  #node(item, inTree) {
    const { root, slots } = copy("t-node");
    slots.author.textContent = item.author.name || t("comment.nameless");
    slots.author.href = authorPage(item.site, item.author.id);
    slots.state.textContent = t(`state.${item.state}`);
    if (TONES[item.state]) slots.state.classList.add(TONES[item.state]);
    slots.chips.append(...chips(item));
    fillTime(slots.time, item.received_at);
    slots.answers.hidden = inTree || !item.parent;
    if (item.parent) slots.answers.textContent = t("comment.reply", { author: item.parent.author || t("comment.nameless") });
    this.#text(slots, item);
    slots.why.textContent = item.why?.reason ?? "";
    slots.why.hidden = !item.why?.reason;
    slots.desk.hidden = item.state === "erased";
    slots.desk.href = deskWith(item);
    slots.desk.setAttribute("aria-label", t("thread.desk.of", { author: slots.author.textContent }));
    this.#replies(slots, item, inTree);
    return root;
  }

  /** Severe ones are covered here as on the desk. */
  #text(slots, item) {
    const erased = item.state === "erased";
    const covered = isCovered(item) && !erased;
    slots.cover.hidden = !covered;
    slots.text.hidden = covered;
    slots.text.lang = item.language ?? "";
    slots.text.classList.toggle("erased", erased);
    if (!covered) slots.text.textContent = erased ? t("comment.erased") : item.text;
    slots.uncover.addEventListener("click", () => {
      slots.cover.hidden = true;
      slots.text.hidden = false;
      slots.text.textContent = item.text;
      slots.text.tabIndex = -1;
      slots.text.focus();
    });
  }

  #replies(slots, item, inTree) {
    const { replies: button, below } = slots;
    button.hidden = !inTree || !item.replies;
    button.textContent = t("thread.replies", { count: item.replies });
    button.addEventListener("click", () =>
      attempt(async () => {
        if (!below.children.length) {
          below.append(await this.#list({ parent: item.id, order: "oldest" }));
        }
        below.hidden = !below.hidden;
        button.setAttribute("aria-expanded", String(!below.hidden));
      }, button),
    );
  }
}

function chips(item) {
  const made = [];
  const add = (text, tone = "") => made.push(make("span", { className: `chip ${tone}`, text }));
  if (item.released_at) add(t("thread.public"), "good");
  if (item.place === "escalated" || item.place === "held") add(t(`chip.${item.place}`), "warn");
  if (item.reports > 0) add(t("chip.reported", { count: item.reports }), "warn");
  return made;
}
