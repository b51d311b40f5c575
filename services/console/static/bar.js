// The bar on top: the queues with their counts, the site, the connection, the way out.
import { $ } from "./dom.js";
import { t } from "./i18n.js";
import { showMenu } from "./menu.js";

const tabs = () => document.querySelectorAll(".tab");

/** `open(state, site)` shows another queue. */
export function prepareBar(who, queue, open) {
  showMenu($("menu"), who, true);
  for (const tab of tabs()) {
    tab.addEventListener("click", () => open(tab.dataset.state, queue.site));
  }
  $("site").hidden = who.sites.length < 2;
  $("site").append(new Option(t("bar.all"), ""));
  for (const { id, name } of who.sites) $("site").append(new Option(name, id));
  $("site").addEventListener("change", (event) => open(queue.state, event.target.value));
  $("drawer").addEventListener("click", () => showList(!$("list").classList.contains("open")));
  $("items").addEventListener("click", () => showList(false));
  queue.addEventListener("list", () => showCounts(queue));
}

export function showPlace(state, site) {
  for (const tab of tabs()) {
    if (tab.dataset.state === state) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  $("site").value = site;
}

/** Whether the server answers: a word in the bar, and a line below it while it does not. */
export function showAway(away) {
  $("offline").hidden = !away;
  $("live").classList.toggle("away", away);
  $("live-word").textContent = t(away ? "live.away" : "live.up");
}

/** On a narrow screen the list is a drawer. */
function showList(open) {
  $("list").classList.toggle("open", open);
  $("drawer").setAttribute("aria-expanded", String(open));
}

function showCounts(queue) {
  const sites = Object.entries(queue.counts);
  const chosen = sites.filter(([site]) => !queue.site || site === queue.site);
  for (const node of document.querySelectorAll("[data-count]")) {
    node.textContent = chosen.reduce((sum, [, states]) => sum + states[node.dataset.count], 0);
  }
  document.title = t("title", { count: queue.total, queue: t(`queue.${queue.state}`) });
}
