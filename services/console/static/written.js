// What an author wrote, the newest first, by pages; each leads to the desk, where it is decided.
import * as api from "./api.js";
import { deskWith } from "./author-address.js";
import { isCovered } from "./care.js";
import { $, announce, copy } from "./dom.js";
import { fillTime, t } from "./i18n.js";
import { attempt } from "./page.js";
import { what } from "./steps.js";

const STATES = ["flagged", "pending", "approved", "rejected", "erased"];
const COLOURS = { approved: "good", flagged: "warn", rejected: "bad" };

export class Written {
  #who;
  #next = "";

  /** `who` is {site, id} of the author. */
  constructor(who) {
    this.#who = who;
    $("state").append(new Option(t("author.wrote.all"), ""));
    for (const state of STATES) $("state").append(new Option(t(`author.state.${state}`), state));
    $("state").addEventListener("change", () => attempt(() => this.show()));
    $("more").addEventListener("click", () => attempt(() => this.#read(), $("more")));
  }

  /** Shows the first page anew. */
  async show() {
    this.#next = "";
    await this.#read();
  }

  async #read() {
    const query = new URLSearchParams(this.#who);
    const state = $("state").value;
    if (state) query.set("state", state);
    if (this.#next) query.set("before", this.#next);
    const page = await api.get(`/api/author/comments?${query}`);
    if (state !== $("state").value) return; // Another one was chosen meanwhile.
    const first = !this.#next;
    if (first) $("written").replaceChildren();
    $("written").append(...page.items.map(entry));
    this.#next = page.next ?? "";
    $("more").hidden = !this.#next;
    $("none").hidden = $("written").children.length > 0;
    announce(t("author.wrote.shown", { count: $("written").children.length }));
  }
}

function entry(item) {
  const { root, slots } = copy("t-written");
  const { article, state } = item;
  slots.state.textContent = t(`author.state.${state}`);
  slots.state.classList.add(COLOURS[state] ?? "plain");
  slots.title.textContent = article.title || t("comment.untitled");
  if (/^https?:\/\//i.test(article.url)) slots.title.href = article.url;
  fillTime(slots.time, item.written_at);
  slots.why.textContent = item.why ? [what(item.why), item.why.reason].filter(Boolean).join(": ") : "";
  slots.text.lang = item.language ?? "";
  const covered = isCovered(item) && state !== "erased";
  slots.show.hidden = !covered;
  slots.text.classList.toggle("absent", covered || state === "erased");
  if (state === "erased") slots.text.textContent = t("comment.erased");
  else slots.text.textContent = covered ? t("list.covered") : item.text;
  slots.show.addEventListener("click", () => {
    slots.text.textContent = item.text;
    slots.text.classList.remove("absent");
    slots.show.hidden = true;
  });
  if (state === "erased") slots.desk.remove();
  else slots.desk.href = deskWith(item);
  return root;
}
