// A site's articles, the newest comment first, and a search among them. What is looked for stands
// in the address.
import * as api from "./api.js";
import { marks, pageOf, titleOf } from "./article-words.js";
import { countsBar } from "./counts.js";
import { $, announce, make } from "./dom.js";
import { fillTime, t } from "./i18n.js";
import { attempt, reach } from "./page.js";

let next = null;

/** Shows the list; `given` are the address's parameters. */
export async function showArticles(who, given) {
  const form = $("find");
  for (const { id, name } of who.sites) form.elements.site.append(new Option(name, id));
  $("site-field").hidden = who.sites.length < 2;
  if (who.sites.some(({ id }) => id === given.get("site"))) form.elements.site.value = given.get("site");
  form.elements.q.value = given.get("q") ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    history.replaceState(null, "", `?${query()}`);
    attempt(() => show(true), event.submitter);
  });
  $("more").addEventListener("click", () => attempt(() => show(false), $("more")));
  $("index").hidden = false;
  if (who.sites.length) await attempt(() => reach(() => show(true)));
  else showNone();
}

function query() {
  return new URLSearchParams([...new FormData($("find"))].filter(([, value]) => value !== ""));
}

async function show(anew) {
  const asked = query();
  if (!anew && next) asked.set("before", next);
  const page = await api.get(`/api/articles?${asked}`);
  if (anew) $("found").replaceChildren();
  $("found").append(...page.articles.map(line));
  next = page.next;
  $("more").hidden = !next;
  showNone();
  announce(t("articles.shown", { count: $("found").children.length }));
}

function showNone() {
  $("none").hidden = $("found").children.length > 0;
  // Where little fits, the search stops now and then.
  $("none").textContent = t(next ? "articles.further" : "articles.none");
}

function line(article) {
  const title = make("a", { href: pageOf(article), text: titleOf(article), dir: "auto" });
  const when = make("time", { className: "soft" });
  fillTime(when, article.newest);
  const top = make("p", { className: "line-top" }, title, ...marks(article), when);
  return make("li", {}, top, countsBar(article.counts));
}
