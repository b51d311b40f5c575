// One article: how it takes comments and who said so, what can be done about it, and its thread.
import * as api from "./api.js";
import { isWeb, marks, titleOf } from "./article-words.js";
import { Thread } from "./article-thread.js";
import { countsBar } from "./counts.js";
import { $, announce, make } from "./dom.js";
import { fillMoment, t } from "./i18n.js";
import { mayAct } from "./keys.js";
import { listen } from "./live.js";
import { mayBe } from "./menu.js";
import { attempt, reach, renew } from "./page.js";
import { SettingDialog } from "./setting.js";
import { inBothZones } from "./until.js";

const FRESH_DELAY = 500;
/** What can be done: the key, and whether `editor` may do it to the article now. */
const ACTS = {
  premod: ["p", ({ mode }, editor) => mode === "open" || (mode === "closed" && editor)],
  close: ["c", ({ mode }, editor) => editor && mode !== "closed"],
  open: ["o", ({ mode, lasting_mode: lasting }, editor) =>
    mode !== "open" && (editor || ![mode, lasting].includes("closed"))],
  tighten: ["t", () => true],
  loosen: ["l", ({ tighter }) => Boolean(tighter)],
};
const BODIES = {
  premod: { mode: "premod" },
  close: { mode: "closed" },
  open: { mode: "open" },
  tighten: { tighter: true },
  loosen: { tighter: false },
};

/** Shows the article `id` of `site` to `who`. */
export async function showArticle(who, site, id) {
  const path = `/api/articles/${encodeURIComponent(site)}/${encodeURIComponent(id)}`;
  const editor = mayBe(who.role, "editor");
  const dialog = new SettingDialog();
  const thread = new Thread(path);
  let article;
  let counting;
  let away = true;

  if (!(await attempt(() => reach(load)))) return;
  $("site-name").textContent = who.sites.find((one) => one.id === site)?.name ?? site;
  $("article").hidden = false;
  for (const [act, [key]] of Object.entries(ACTS)) $("acts").append(button(act, key));
  showActs();
  $("fresh").addEventListener("click", () => refresh());
  document.addEventListener("keydown", onKey);
  await attempt(() => thread.show());
  listen({
    change: heard,
    article: (told) => isThis(told) && renew(load),
    reset: () => compare(),
    beat: () => {
      $("offline").hidden = true;
      // What rang while nobody heard is looked up.
      if (away) compare();
      away = false;
    },
    away: () => {
      away = true;
      $("offline").hidden = false;
    },
  });

  /** Looks again; where the numbers moved, the thread did. */
  async function compare() {
    const before = JSON.stringify(article.counts);
    await renew(load);
    if (JSON.stringify(article.counts) !== before) $("fresh").hidden = false;
  }

  async function load() {
    const fresh = await api.get(path);
    if (fresh.version < article?.version) return; // Asked before it was set here.
    article = fresh;
    showHead(article);
    showActs();
  }

  function showActs() {
    for (const node of $("acts").children) {
      node.hidden = !ACTS[node.dataset.act][1](article, editor);
    }
  }

  function button(act, key) {
    const node = make(
      "button",
      { className: "button", "aria-keyshortcuts": key },
      make("kbd", { text: key.toUpperCase() }),
      make("span", { text: t(`article.${act}`) }),
    );
    node.dataset.act = act;
    node.addEventListener("click", () => set(act));
    return node;
  }

  function onKey(event) {
    if (event.repeat || event.shiftKey || !mayAct(event)) return;
    if (document.querySelector("dialog[open], :popover-open")) return;
    // A field of a dialog that has just closed keeps the focus until the next frame.
    if (event.target.closest("input, select, textarea")?.checkVisibility()) return;
    const node = $("acts").querySelector(`[aria-keyshortcuts="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!node || node.hidden) return;
    event.preventDefault();
    node.click();
  }

  async function set(act) {
    // What was asked is about the article as it was when the dialog opened.
    const { version } = article;
    const answer = await dialog.ask(act, article);
    if (!answer) return;
    const what = ["tighten", "loosen"].includes(act) ? "tighter" : "mode";
    const body = { ...BODIES[act], ...answer, version };
    const done = await attempt(async () => {
      article = await api.post(`${path}/${what}`, body);
      showHead(article);
      showActs();
      announce(t(`article.${act}.done`));
    });
    // Somebody was quicker, or it is not allowed any more: what is true is shown.
    if (!done) await renew(load);
  }

  const isThis = (told) => told.site === site && told.article === id;

  /** The thread never moves by itself; what came is behind a button. */
  function heard(change) {
    if (!isThis(change)) return;
    $("fresh").hidden = false;
    counting ??= setTimeout(() => {
      counting = undefined;
      renew(load);
    }, FRESH_DELAY);
  }

  async function refresh() {
    $("fresh").hidden = true;
    await attempt(() => Promise.all([load(), thread.show()]));
  }
}

function showHead(article) {
  const title = titleOf(article);
  document.title = t("page.title", { page: title });
  const link = { href: article.url, rel: "noopener noreferrer", target: "_blank" };
  $("title").replaceChildren(make(isWeb(article.url) ? "a" : "span", {
    ...(isWeb(article.url) ? link : {}),
    text: title,
  }));
  const found = marks(article);
  $("marks").replaceChildren(...(found.length ? found : [make("span", { className: "chip good", text: t("mode.open") })]));
  $("said").replaceChildren(...inForce(article).map(said));
  $("counts").replaceChildren(countsBar(article.counts));
  $("history").replaceChildren(...article.history.map(said));
  $("past").hidden = !article.history.length;
}

/** The changes that what holds now comes from. */
function inForce({ mode, mode_until, tighter, changes }) {
  const found = [];
  const last = changes.mode;
  if (last && last.mode === mode && last.until === mode_until) found.push(last);
  if (tighter && changes.tighter) found.push(changes.tighter);
  return found;
}

function said(change) {
  const key = change.actor === "site" ? "set.site" : `set.${change.what}.${change.mode}`;
  const mode = change.what === "mode" ? t(`mode.${change.mode}`) : "";
  const values = { by: change.by, mode };
  const words = make("span", { text: t(key, values) });
  if (change.until) words.textContent += ` ${t("set.until", { until: inBothZones(change.until) })}`;
  const when = make("time", { className: "soft" });
  fillMoment(when, change.at);
  const line = make("li", {}, words, " ", when);
  if (change.reason) line.append(make("bdi", { className: "reason", text: change.reason }));
  return line;
}
