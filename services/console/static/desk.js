// The desk, put together: the queue, the three zones, the keys and the live line.
import * as api from "./api.js";
import { pageOf } from "./article-words.js";
import { authorPage } from "./author-address.js";
import { prepareBar, showAway, showPlace } from "./bar.js";
import { Bulk } from "./bulk.js";
import { isCovered, isMuted } from "./care.js";
import { commands } from "./commands.js";
import { Decisions } from "./decisions.js";
import { $ } from "./dom.js";
import { Filters } from "./filters.js";
import { openHelp, prepareHelp } from "./help.js";
import { t, translate } from "./i18n.js";
import * as keys from "./keys.js";
import { keepLease } from "./lease.js";
import { List } from "./list.js";
import * as live from "./live.js";
import { NoteDialog } from "./note.js";
import { closeNotice, notify } from "./notices.js";
import { Palette } from "./palette.js";
import { remindOfPauses } from "./pause.js";
import { because } from "./problem.js";
import { Queue } from "./queue.js";
import { RejectDialog } from "./reject.js";
import { rightsOf, toDecide } from "./rights.js";
import { prepareUndo } from "./undo.js";
import { belongs, changed, fromAddress, toAddress, viewAt } from "./view.js";
import { keyOf } from "./worklist.js";
import { Zones } from "./zones.js";

const COUNT_DELAY = 500;

translate(document.body);
const who = await start();
const sites = new Map(who.sites.map(({ id, name }) => [id, name]));
const may = rightsOf(who);
const queue = new Queue(who.name, isMuted);
const decisions = new Decisions(queue, who, notify);
const bulk = new Bulk(queue, decisions, who, notify);
const rejection = new RejectDialog(who);
const notes = new NoteDialog();
const filters = new Filters(queue, open, () => bulk.open());
new List(queue);
const zones = new Zones(queue, { sites, may, me: who.name, narrow: open });

const ACTIONS = {
  approve,
  reject,
  escalate: () => move("escalate"),
  hold: () => move("hold"),
  return: () => move("return"),
  retry,
  article: openArticle,
  skip: () => queue.skip(),
  undo: () => decisions.undo(),
  next: () => queue.move(1),
  previous: () => queue.move(-1),
  show: () => zones.uncover(),
  author: openAuthor,
  filter: () => filters.toggle(),
  bulk: () => $("bulk-button").hidden || bulk.open(),
  palette: () => palette.open(),
  help: openHelp,
};
const palette = new Palette(() => commands({ queue, filters, may, who, sites, open, run: ACTIONS }));

prepareHelp(() => quietly(queue.refresh()));
prepareUndo(decisions);
prepareBar(who, queue, open);
keepLease(queue, who.lease_seconds);
remindOfPauses();

keys.listen((action) => ACTIONS[action](), closeNotice);
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-action]");
  if (button) ACTIONS[button.dataset.action]();
});
addEventListener("popstate", () => openPlace());
decisions.addEventListener("away", goAway);
queue.addEventListener("select", keepPlace);
queue.addEventListener("select", () => {
  if (queue.selected !== unread || !isCovered(unread)) toRead?.remove();
});
queue.addEventListener("list", () => {
  // With nothing in sight there is nothing that could jump.
  if (queue.loaded && !queue.items.length && queue.arrivals.size) quietly(queue.refresh());
});

let away = true;
let counting;
/** The notice that a covered comment is to be read first, and that comment. */
let toRead;
let unread;

$("desk").hidden = false;
await openPlace();
live.listen({
  change,
  lease: (told) => queue.looked(told, Date.now() + who.lease_seconds * 1000),
  bulk: (told) => bulk.heard(told),
  author: (told) => zones.ruled(told),
  article: (told) => zones.articleChanged(told),
  reset: () => quietly(queue.compare()),
  beat,
  away: goAway,
});
await quietly(Promise.all([decisions.recall(), bulk.recall()]));

/** Who is here, as soon as the server answers. */
async function start() {
  for (;;) {
    try {
      return await api.me();
    } catch (error) {
      if (!(error instanceof api.Away)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2_000));
    }
  }
}

function approve() {
  const item = queue.selected;
  const action = item && toDecide(item, "approve");
  if (!may(item, action)) return;
  // What nobody has read, nobody publishes.
  if (isCovered(item)) {
    toRead?.remove();
    unread = item;
    toRead = notify(t("cover.first"));
  } else decisions.decide(item, action);
}

async function reject() {
  const item = queue.selected;
  const action = item && toDecide(item, "reject");
  if (!may(item, action)) return;
  if (action === "keep") {
    decisions.decide(item, action);
    return;
  }
  const why = await rejection.ask(item);
  if (why && may(item, "reject")) decisions.decide(item, "reject", why);
}

async function move(step) {
  const item = queue.selected;
  if (!may(item, step)) return;
  const note = await notes.ask(step);
  if (note !== null && may(item, step)) decisions.move(item, step, note);
}

function openAuthor() {
  const item = queue.selected;
  if (item) location.assign(authorPage(item.site, item.author.id));
}

function openArticle() {
  const item = queue.selected;
  if (item) location.assign(pageOf({ site: item.site, id: item.article.id }));
}

/** Has a dead letter scored again. */
async function retry() {
  const item = queue.selected;
  if (!may(item, "retry")) return;
  const letter = encodeURIComponent(item.letter.id);
  const address = `/api/dead-letters/${encodeURIComponent(item.site)}/${letter}/replay`;
  try {
    await api.post(address);
    queue.take(item);
    queue.settle(item);
  } catch (error) {
    if (error instanceof api.Away) goAway();
    else notify(because(error));
  }
}

// Where somebody is stands in the address: it survives a reload, and can be sent to a colleague.

function keepPlace() {
  if (queue.loaded) history.replaceState(null, "", toAddress(queue.view, queue.selected));
}

async function openPlace() {
  const given = new URLSearchParams(location.search);
  const [at, cursor] = [given.get("comment") ?? "", given.get("at") ?? ""];
  // Without a place in a queue, as from another page, the comment is found wherever it stands.
  const item = at && !cursor ? await find(at) : null;
  const view = fromAddress(location.search, sites);
  await show((item && !given.has("queue") && viewAt(item)) || view, at, cursor);
  if (!item || (queue.selected && keyOf(queue.selected) === at)) return;
  if (belongs(queue.view, item)) queue.include(item);
  else if (item.state === "erased") notify(t("comment.erased"));
}

async function find(at) {
  const [site, id] = at.split("/");
  return api.comment({ site, id }).catch((error) => {
    if (error.status === 404) notify(t("comment.missing"));
    return null;
  });
}

/** Shows the view with `changes`; the way back is the browser's. */
async function open(changes) {
  const view = changed(queue.view, changes);
  const { selected } = queue;
  history.pushState(null, "", toAddress(view, null));
  // A narrower view of the same queue keeps the comment that is open, where it is in it.
  const same = view.queue === queue.view.queue && view.sort === queue.view.sort && selected;
  await show(view, same ? `${selected.site}/${selected.id}` : "");
}

async function show(view, at, cursor = "") {
  showPlace(view);
  const opening = queue.open(view, at, cursor);
  filters.show();
  await quietly(opening);
}

function change(heard) {
  queue.heard(heard);
  counting ??= setTimeout(() => {
    counting = undefined;
    quietly(queue.count());
  }, queue.pace(COUNT_DELAY));
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
