// One author: the record, what people ruled and noted, and what they wrote.
import * as api from "./api.js";
import { ask } from "./ask.js";
import { $, announce, copy, make } from "./dom.js";
import { fillMoment, momentOf, t } from "./i18n.js";
import { mayAct } from "./keys.js";
import { listen } from "./live.js";
import { mayBe } from "./menu.js";
import { notify } from "./notices.js";
import { attempt, openPage, reach, renew } from "./page.js";
import { RulingDialog } from "./ruling.js";
import { means, ruled, standingChip } from "./standing.js";
import { Written } from "./written.js";

/** What can be ruled, with its key. */
const RULINGS = { trusted: "t", premoderated: "p", suspended: "s", banned: "b", none: "l" };
/** What can be ruled again, with another end. */
const AGAIN = ["premoderated", "suspended"];
const STATES = ["approved", "rejected", "flagged", "pending", "erased"];

const me = await openPage("author");
const given = new URLSearchParams(location.search);
const who = { site: given.get("site") ?? "", id: given.get("id") ?? "" };
const query = new URLSearchParams(who);
const dialog = new RulingDialog();
const written = new Written(who);
let author = null;

$("note-form").addEventListener("submit", (event) => {
  event.preventDefault();
  attempt(() => addNote(event.target), event.submitter);
});
$("note-form").elements.text.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("note-form").requestSubmit($("note-form").querySelector("button"));
});
document.addEventListener("keydown", press);
if (who.site && who.id) await attempt(() => reach(show));
else notify(t("problem.no-author"));
if (author) {
  await attempt(() => reach(() => written.show()));
  listen({ author: (told) => told.site === who.site && told.id === who.id && renew(show) });
}

async function show() {
  author = await api.get(`/api/author?${query}`);
  for (const id of ["record", "side", "wrote"]) $(id).hidden = false;
  showWho();
  showRecord();
  showStanding();
  $("notes").replaceChildren(...author.notes.map(noteLine));
}

function showWho() {
  const [name, ...others] = author.names;
  $("name").textContent = name ?? t("comment.nameless");
  document.title = t("page.title", { page: name ?? t("nav.author") });
  const site = me.sites.find(({ id }) => id === author.site)?.name ?? author.site;
  const parts = [t("author.id", { site, id: author.id })];
  if (others.length) parts.push(t("author.names", { names: others.join(", ") }));
  if (author.first_seen) {
    const [first, last] = [author.first_seen, author.last_seen].map(momentOf);
    parts.push(t("author.seen", { first, last }));
  }
  $("lead").textContent = parts.join(" · ");
  const chip = standingChip(author.standing) ?? make("span", { hidden: true });
  chip.id = "chip";
  $("chip").replaceWith(chip);
}

function showRecord() {
  const there = STATES.filter((state) => author.counts[state] > 0);
  $("shares").replaceChildren(
    ...there.map((state) => {
      const part = make("span");
      part.dataset.state = state;
      part.style.setProperty("--share", author.counts[state]);
      return part;
    }),
  );
  $("counts").replaceChildren(
    ...STATES.map((state) => {
      const term = make("dt", { text: t(`author.state.${state}`) });
      const line = make("div", {}, term, make("dd", { text: String(author.counts[state]) }));
      line.dataset.state = state;
      return line;
    }),
  );
  const lines = [t("author.received", { count: author.received })];
  if (author.rejected_share !== null) {
    lines.push(t("author.share", { share: Math.floor(author.rejected_share * 100) }));
  }
  if (author.reports) lines.push(t("author.reports", { count: author.reports }));
  $("record-text").textContent = lines.join(" ");
}

function showStanding() {
  $("standing").textContent = means(author);
  const focused = document.activeElement?.dataset.standing;
  $("rulings").replaceChildren(...Object.keys(RULINGS).filter(offered).map(rulingButton));
  if (focused) $("rulings").querySelector(`[data-standing="${focused}"]`)?.focus();
  const editor = mayBe(me.role, "editor");
  $("limits").hidden = editor;
  $("limits").textContent = t(author.may.length ? "author.limits" : "author.limits.all");
  $("history").replaceChildren(...author.history.map(rulingLine));
}

/** Whether a ruling is possible, and would change anything. */
function offered(standing) {
  const same = standing === author.standing && !AGAIN.includes(standing);
  return author.may.includes(standing) && !same;
}

function rulingButton(standing) {
  const key = RULINGS[standing];
  const button = make("button", { className: "button", "aria-keyshortcuts": key });
  button.dataset.standing = standing;
  button.append(make("kbd", { text: key.toUpperCase() }), make("span", { text: t(`author.act.${standing}`) }));
  button.addEventListener("click", () => rule(standing));
  return button;
}

async function rule(standing) {
  // What was seen when it was asked, whatever is heard meanwhile.
  const { version } = author;
  const ruling = await dialog.ask(standing, author);
  if (!ruling) return;
  await attempt(async () => {
    try {
      const made = await api.post(`/api/author/standing?${query}`, { ...ruling, version });
      announce(ruled(made));
    } catch (error) {
      if (!error.body?.type?.endsWith(":ruled-meanwhile")) throw error;
      const last = error.body.ruling;
      notify(t("author.meanwhile", { what: last ? ruled(last) : t("means.none") }));
    }
    await show();
  });
}

function rulingLine(ruling) {
  const { root, slots } = copy("t-log");
  slots.what.textContent = ruled(ruling);
  fillMoment(slots.time, ruling.at);
  const note = ruling.note && t("why.note", { by: ruling.by, note: ruling.note });
  slots.text.textContent = [ruling.reason, note].filter(Boolean).join("\n");
  slots.remove.remove();
  return root;
}

function noteLine(note) {
  const { root, slots } = copy("t-log");
  slots.what.append(make("bdi", { text: note.by }));
  fillMoment(slots.time, note.at);
  slots.text.textContent = note.text;
  slots.remove.textContent = t("author.note.remove");
  slots.remove.setAttribute("aria-label", t("author.note.remove.of", { by: note.by }));
  if (note.by !== me.name && !mayBe(me.role, "editor")) slots.remove.remove();
  slots.remove.addEventListener("click", () => removeNote(note, slots.remove));
  return root;
}

async function addNote(form) {
  const text = form.elements.text.value.trim();
  if (!text) return;
  await api.post(`/api/author/notes?${query}`, { text });
  form.reset();
  await show();
  announce(t("author.note.added"));
}

async function removeNote(note, button) {
  if (!(await ask(t("author.note.remove.ask"), t("author.note.remove")))) return;
  await attempt(async () => {
    await api.remove(`/api/author/notes/${encodeURIComponent(note.id)}?${query}`);
    await show();
    $("note-form").elements.text.focus();
  }, button);
}

/** A letter presses the button that shows it, or leads to the field. */
function press(event) {
  if (document.querySelector("dialog[open], :popover-open") || event.repeat || event.shiftKey) return;
  if (!mayAct(event)) return;
  // A field of a dialog that has just closed keeps the focus until the next frame.
  if (event.target.closest("input, select, textarea")?.checkVisibility()) return;
  const key = event.key.toLowerCase();
  const fits = (node) => node.getAttribute("aria-keyshortcuts") === key && node.checkVisibility();
  const node = [...document.querySelectorAll("[aria-keyshortcuts]")].find(fits);
  if (!node) return;
  event.preventDefault();
  if (node.matches("textarea")) node.focus();
  else node.click();
}
