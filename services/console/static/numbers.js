// What happened: the span and the site stand in the address, so a view can be shared.
import * as api from "./api.js";
import { showPeople, showRules, showWaiting } from "./breakdown.js";
import { Daily } from "./daily.js";
import { $, announce, make } from "./dom.js";
import { fullDay } from "./format.js";
import { showFigures } from "./glance.js";
import { t } from "./i18n.js";
import { attempt, openPage, reach } from "./page.js";

const SPANS = [1, 7, 28, 90];
const DAY = 86_400_000;
const HOW = ["arrived", "policy", "people", "took", "agreed", "overturned", "reversed"];

const who = await openPage("numbers");
const form = $("span");
const daily = new Daily();

for (const { id, name } of who.sites) form.elements.site.append(new Option(name, id));
$("how").append(...HOW.map((name) => make("li", { text: t(`numbers.how.${name}`) })));
for (const length of SPANS) {
  const button = make("button", { className: "button", type: "button", text: t(`numbers.span.${length}`) });
  button.value = length;
  button.addEventListener("click", () => choose(length, button));
  $("spans").append(button);
}
for (const [name, value] of new URLSearchParams(location.search)) {
  if (form.elements[name]) form.elements[name].value = value;
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(event.submitter);
});
form.elements.site.addEventListener("change", () => go());
await attempt(() => reach(show));

/** The span of that many days that ends today, by the server's clock. */
function choose(length, button) {
  const last = form.dataset.today;
  form.elements.from.value = new Date(Date.parse(last) - (length - 1) * DAY).toISOString().slice(0, 10);
  form.elements.to.value = last;
  go(button);
}

function go(button = null) {
  history.replaceState(null, "", `?${new URLSearchParams(given())}`);
  return attempt(show, button);
}

function given() {
  return [...new FormData(form)].filter(([, value]) => value !== "");
}

async function show() {
  const read = await api.get(`/api/numbers?${new URLSearchParams(given())}`);
  form.dataset.today = read.today;
  form.elements.from.value = read.from;
  form.elements.to.value = read.to;
  $("csv").href = `/api/numbers/export?${new URLSearchParams(given())}`;
  for (const button of $("spans").children) {
    const length = (Date.parse(read.to) - Date.parse(read.from)) / DAY + 1;
    button.setAttribute("aria-pressed", read.to === read.today && length === Number(button.value));
  }
  $("lead").textContent = t("numbers.lead", { since: fullDay(read.since) });
  $("partly").hidden = read.from >= read.since;
  showWaiting(read.waiting, who.sites);
  const quiet = isQuiet(read);
  $("none").hidden = !quiet;
  $("numbers").hidden = quiet;
  if (!quiet) {
    showFigures(read.total, read.before);
    daily.show(read.days);
    showRules(read.rules);
    showPeople(read.people, read.everybody);
  }
  announce(t("numbers.shown", { count: read.days.length }));
}

function isQuiet({ total, rules, people }) {
  const did = people.some(({ name, ...steps }) => Object.values(steps).some(Boolean));
  return !total.arrived && !rules.length && !did;
}
