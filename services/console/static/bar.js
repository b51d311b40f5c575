// The bar on top: the queues with their counts, the site, the connection, the way out.
import { $, make } from "./dom.js";
import { t } from "./i18n.js";
import { language } from "./language.js";
import { showMenu } from "./menu.js";
import { QUEUES } from "./view.js";

const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const tabs = () => document.querySelectorAll(".tab");

/** `open(changes)` shows another view. */
export function prepareBar(who, queue, open) {
  showMenu($("menu"), who, true);
  for (const name of QUEUES) $("tabs").append(tab(name, open));
  $("site").hidden = who.sites.length < 2;
  $("site").append(new Option(t("bar.all"), ""));
  for (const { id, name } of who.sites) $("site").append(new Option(name, id));
  $("site").addEventListener("change", (event) => open({ site: event.target.value }));
  $("drawer").addEventListener("click", () => showList(!$("list").classList.contains("open")));
  $("items").addEventListener("click", () => showList(false));
  queue.addEventListener("counts", () => showCounts(queue));
  queue.addEventListener("list", () => showCounts(queue));
}

export function showPlace({ queue, site }) {
  for (const tab of tabs()) {
    if (tab.dataset.queue === queue) {
      tab.setAttribute("aria-current", "page");
      tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else tab.removeAttribute("aria-current");
  }
  $("site").value = site;
}

/** Whether the server answers: a word in the bar, and a line below it while it does not. */
export function showAway(away) {
  $("offline").hidden = !away;
  $("live").classList.toggle("away", away);
  $("live-word").textContent = t(away ? "live.away" : "live.up");
}

function tab(name, open) {
  const count = make("span", { className: "count" });
  const button = make("button", { className: "tab" }, t(`queue.${name}`), " ", count);
  button.dataset.queue = name;
  button.addEventListener("click", () => open({ queue: name }));
  return button;
}

/** On a narrow screen the list is a drawer. */
function showList(open) {
  $("list").classList.toggle("open", open);
  $("drawer").setAttribute("aria-expanded", String(open));
}

function showCounts(queue) {
  const { view, counts, total } = queue;
  const sites = Object.entries(counts);
  const chosen = sites.filter(([site]) => !view.site || site === view.site);
  for (const tab of tabs()) {
    const count = chosen.reduce((sum, [, queues]) => sum + queues[tab.dataset.queue], 0);
    tab.lastElementChild.textContent = compact.format(count);
    tab.lastElementChild.title = String(count);
    tab.classList.toggle("none", count === 0);
  }
  document.title = t("title", { count: total, queue: t(`queue.${view.queue}`) });
}
