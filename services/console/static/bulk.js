// Deciding on many at once: first what they are, from both ends; then all of them, with a way back.
import * as api from "./api.js";
import { $, announce, make } from "./dom.js";
import { ruleName, t } from "./i18n.js";
import { reasons, said } from "./site.js";
import { toBulk } from "./view.js";
import { isCovered } from "./care.js";
import { because } from "./problem.js";

const LOOK = 1_000;
const UNDER_WAY = ["running", "held", "undoing", "releasing"];
const path = ({ site, id }) => `/api/bulk/${encodeURIComponent(site)}/${encodeURIComponent(id)}`;

export class Bulk {
  #queue;
  #decisions;
  #who;
  #notify;
  #dialog = $("bulk");
  #bulk = null;
  #entry = null;
  #reasons = [];
  #timer;

  constructor(queue, decisions, who, notify) {
    this.#queue = queue;
    this.#decisions = decisions;
    this.#who = who;
    this.#notify = notify;
    for (const { id, name } of who.sites) $("bulk-site").append(new Option(name, id));
    $("bulk-site").addEventListener("change", () => this.#preview());
    $("bulk-reason").addEventListener("change", () => this.#enable());
    $("bulk-approve").addEventListener("click", () => this.#start("approve"));
    $("bulk-reject").addEventListener("click", () => this.#start("reject"));
    $("bulk-undo").addEventListener("click", () => this.#undo());
    for (const id of ["bulk-cancel", "bulk-close"]) {
      $(id).addEventListener("click", () => this.#dialog.close());
    }
  }

  /** Shows what the view holds, before anything happens. */
  async open() {
    if (this.#bulk && UNDER_WAY.includes(this.#bulk.state)) {
      this.#show();
      this.#dialog.showModal();
      return;
    }
    const { view, selected } = this.#queue;
    $("bulk-site-field").hidden = Boolean(view.site) || this.#who.sites.length < 2;
    $("bulk-site").value = view.site || selected?.site || this.#who.sites[0].id;
    $("bulk-working").hidden = true;
    $("bulk-preview").hidden = false;
    this.#dialog.showModal();
    await this.#preview();
  }

  /** Finds the bulks that were under way when the page was closed. */
  async recall() {
    const { bulks } = await api.get("/api/bulk");
    const mine = bulks.find(
      ({ by, state }) => by === this.#who.name && ["running", "held"].includes(state),
    );
    if (mine) this.#follow(mine);
  }

  /** A bulk was heard of, maybe before its start was answered: then nothing follows it yet. */
  heard({ site, id }) {
    if (this.#entry && this.#bulk?.site === site && this.#bulk.id === id) this.#look();
  }

  async #preview() {
    const site = $("bulk-site").value;
    this.#bulk = this.#entry = null;
    $("bulk-say").textContent = t("bulk.looking");
    for (const id of ["bulk-first", "bulk-last", "bulk-rules"]) $(id).replaceChildren();
    this.#enable();
    try {
      const [bulk, list] = await Promise.all([
        api.post("/api/bulk", toBulk(this.#queue.view, site)),
        reasons.get(site),
      ]);
      this.#bulk = bulk;
      const choose = new Option(t("bulk.choose"), "");
      this.#reasons = list ?? [];
      const options = this.#reasons.map(({ rule, label }) => new Option(label, rule));
      $("bulk-reason").replaceChildren(choose, ...options);
      this.#explain();
    } catch (error) {
      $("bulk-say").textContent = this.#wrong(error);
    }
    this.#enable();
  }

  #explain() {
    const { total, facets, samples } = this.#bulk;
    $("bulk-say").textContent = t("bulk.holds", { count: total });
    const rules = Object.entries(facets.rules).sort((one, other) => other[1] - one[1]);
    $("bulk-rules").replaceChildren(
      ...rules.map(([rule, count]) =>
        make("li", { className: "chip", text: `${rule ? ruleName(rule) : t("filter.norule")} ${count}` }),
      ),
    );
    $("bulk-first").replaceChildren(...samples.first.map(sample));
    $("bulk-last").replaceChildren(...samples.last.map(sample));
    $("bulk-last-title").hidden = !samples.last.length;
    for (const action of ["approve", "reject"]) {
      $(`bulk-${action}`).textContent = t(`bulk.${action}`, { count: total });
    }
  }

  #enable() {
    const some = Boolean(this.#bulk?.total) && this.#bulk.state === "preview";
    $("bulk-approve").disabled = !some;
    $("bulk-reject").disabled = !some || !$("bulk-reason").value;
  }

  async #start(action) {
    const chosen = this.#reasons.find(({ rule }) => rule === $("bulk-reason").value);
    const why = action === "reject" ? said(chosen) : {};
    for (const id of ["bulk-approve", "bulk-reject"]) $(id).disabled = true;
    try {
      this.#follow(await api.post(`${path(this.#bulk)}/start`, { action, ...why }));
    } catch (error) {
      $("bulk-say").textContent = this.#wrong(error);
      this.#enable();
    }
  }

  /** Watches a bulk that runs; it is the newest thing that can be undone. */
  #follow(bulk) {
    this.#bulk = bulk;
    const entry = { action: bulk.action, bulk, until: Infinity, seconds: this.#who.undo_seconds };
    this.#entry = Object.assign(entry, { undo: () => this.#undo() });
    this.#decisions.keep(this.#entry);
    this.#show();
    this.#timer ??= setInterval(() => this.#look(), LOOK);
  }

  async #look() {
    const before = this.#bulk;
    const now = await api.get(path(before)).catch(() => null);
    if (!now || this.#bulk?.id !== now.id) return;
    this.#bulk = { ...before, ...now };
    this.#entry.bulk = this.#bulk;
    if (now.state !== before.state) await this.#turned(now);
    this.#show();
  }

  async #turned({ state }) {
    if (state === "held") {
      this.#entry.until = performance.now() + this.#who.undo_seconds * 1000;
      this.#decisions.keep(this.#entry);
    }
    if (["releasing", "done", "undoing", "undone"].includes(state)) this.#decisions.drop(this.#entry);
    if (["done", "undone"].includes(state)) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      announce(t(`bulk.state.${state}`, this.#values()));
    }
    if (["held", "done", "undone"].includes(state)) await this.#queue.refresh().catch(() => {});
  }

  async #undo() {
    try {
      this.#bulk = { ...this.#bulk, ...(await api.post(`${path(this.#bulk)}/undo`)) };
    } catch (error) {
      this.#notify(error.status === 410 ? t("bulk.late") : this.#wrong(error));
    }
    this.#decisions.drop(this.#entry);
    this.#show();
  }

  #show() {
    const { total, decided, undone, released, conflicts, second, state, met } = this.#bulk;
    $("bulk-preview").hidden = true;
    $("bulk-working").hidden = false;
    const done = { undoing: undone, releasing: released }[state] ?? decided + conflicts + second;
    $("bulk-progress").max = Math.max(1, total);
    $("bulk-progress").value = ["held", "done", "undone"].includes(state) ? total || 1 : done;
    $("bulk-state").textContent = t(`bulk.state.${state}`, this.#values());
    $("bulk-conflicts").hidden = !conflicts;
    $("bulk-conflicts").textContent = t("bulk.conflicts", { count: conflicts });
    $("bulk-second").hidden = !second;
    $("bulk-second").textContent = t("bulk.second", { count: second });
    $("bulk-met").replaceChildren(
      ...(met ?? []).slice(0, 10).map(({ id, by, state }) =>
        make("li", { text: t("bulk.met", { id, by: by || "–", state: t(`state.${state}`) }) }),
      ),
    );
    $("bulk-undo").hidden = !["running", "held"].includes(state);
  }

  #values() {
    const { total, decided, undone, action } = this.#bulk;
    const did = t(`bulk.did.${action || "approve"}`);
    return { count: total, decided, undone, did };
  }

  #wrong(error) {
    if (!(error instanceof api.Away) && !(error instanceof api.Refused)) throw error;
    return because(error);
  }
}

function sample(item) {
  const scores = Object.values(item.scores?.values ?? {});
  const score = make("span", { className: "soft", text: scores.length ? Math.max(...scores).toFixed(2) : "" });
  const author = make("bdi", { text: item.author.name || t("comment.nameless") });
  const text = isCovered(item) ? t("list.covered") : item.text;
  return make("li", {}, make("p", { className: "sample-head" }, author, score), make("p", { text }));
}
