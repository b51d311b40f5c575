// The desk, put together: the queue, the three zones, the keys and the live line.
import * as api from "./api.js";
import { prepareBar, showAway, showPlace } from "./bar.js";
import { Decisions } from "./decisions.js";
import { $ } from "./dom.js";
import { openHelp, prepareHelp } from "./help.js";
import { translate } from "./i18n.js";
import * as keys from "./keys.js";
import { List } from "./list.js";
import * as live from "./live.js";
import { closeNotice, notify } from "./notices.js";
import { Queue, keyOf } from "./queue.js";
import { RejectDialog } from "./reject.js";
import { prepareUndo } from "./undo.js";
import { Zones } from "./zones.js";

const STATES = ["flagged", "pending"];
const COUNT_DELAY = 500;

translate(document.body);
prepareHelp();
const [who, reasons] = await start();
const sites = new Map(who.sites.map(({ id, name }) => [id, name]));
const queue = new Queue();
const decisions = new Decisions(queue, who.undo_seconds, notify);
const rejection = new RejectDialog(reasons);
new List(queue);
new Zones(queue, sites);
prepareUndo(decisions);
prepareBar(who, queue, open);

const ACTIONS = {
  approve: () => mayDecide(queue.selected) && decisions.decide(queue.selected, "approve"),
  reject,
  skip: () => queue.skip(),
  undo: () => decisions.undo(),
  next: () => queue.move(1),
  previous: () => queue.move(-1),
  help: openHelp,
};

keys.listen((action) => ACTIONS[action](), closeNotice);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) ACTIONS[button.dataset.action]();
});
decisions.addEventListener("away", goAway);
queue.addEventListener("select", keepPlace);
queue.addEventListener("list", () => {
  // With nothing in sight there is nothing that could jump.
  if (queue.loaded && !queue.items.length && queue.arrivals.size) quietly(queue.refresh());
});

let away = true;
let counting;

$("desk").hidden = false;
await openPlace();
live.listen({ change, beat, away: goAway });

/** Who is here and what reasons there are, as soon as the server answers. */
async function start() {
  for (;;) {
    try {
      return await Promise.all([api.me(), api.reasons()]);
    } catch (error) {
      if (!(error instanceof api.Away)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}

function mayDecide(item) {
  return Boolean(item && !item.gone);
}

async function reject() {
  const item = queue.selected;
  if (!mayDecide(item)) return;
  const rule = await rejection.ask();
  if (rule && mayDecide(item)) decisions.decide(item, "reject", rule);
}

// Where somebody is stands in the address, and so survives a reload.

function keepPlace() {
  if (!queue.loaded) return;
  const place = new URLSearchParams({ state: queue.state });
  if (queue.site) place.set("site", queue.site);
  if (queue.selected) place.set("comment", keyOf(queue.selected));
  history.replaceState(null, "", `?${place}`);
}

async function openPlace() {
  const place = new URLSearchParams(location.search);
  const state = STATES.includes(place.get("state")) ? place.get("state") : "flagged";
  const site = sites.has(place.get("site")) ? place.get("site") : "";
  await open(state, site, place.get("comment") ?? "");
}

async function open(state, site, at = "") {
  showPlace(state, site);
  await quietly(queue.open(state, site, at));
}

function change(heard) {
  queue.heard(heard);
  counting ??= setTimeout(() => {
    counting = undefined;
    quietly(queue.count());
  }, COUNT_DELAY);
}

/** The server beats only while Redis answers it. */
function beat() {
  if (!away) return;
  away = false;
  showAway(false);
  // What rang while nobody heard is looked up.
  quietly(queue.loaded ? queue.compare() : openPlace());
}

function goAway() {
  away = true;
  showAway(true);
}

/** What the connection does shows in the bar; anything else is a fault and goes to the console. */
async function quietly(work) {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof api.Away)) throw error;
    goAway();
  }
}
