// The people who use the console: invite, change a role, reset, remove.
import * as api from "./api.js";
import { ask } from "./ask.js";
import { $, make } from "./dom.js";
import { fillMoment, t } from "./i18n.js";
import { showOnce } from "./once.js";
import { attempt, reach } from "./page.js";
import { cells } from "./table.js";

const ROLES = ["moderator", "editor", "administrator"];
const COLUMNS = ["people.name", "people.role", "people.factor", "people.since", "people.acts"];
let me = "";

export async function preparePeople(who) {
  me = who.name;
  const form = $("invite");
  form.elements.role.append(...roleOptions("moderator"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      showLink(await api.post("/api/people/invite", Object.fromEntries(new FormData(form))));
      form.reset();
      await show();
    }, event.submitter);
  });
  await attempt(() => reach(show));
}

async function show() {
  const { people, invitations } = await api.get("/api/people");
  const invited = invitations.filter(({ kind }) => kind === "invite");
  const resets = new Map(invitations.filter(({ kind }) => kind === "reset").map((one) => [one.name, one]));
  $("people").replaceChildren(
    ...people.map((person) => personRow(person, resets.get(person.name))),
    ...invited.map(invitedRow),
  );
}

function personRow(person, link) {
  const since = make("time");
  fillMoment(since, person.created_at);
  const name = make("bdi", { text: person.name });
  const factor = chip(person.second_factor ? "people.factor.on" : "people.factor.off");
  factor.classList.toggle("good", person.second_factor);
  return cells(
    COLUMNS,
    [name, ...(person.name === me ? [" ", chip("people.you")] : []), ...(link ? [" ", pending(link)] : [])],
    [roleSelect(person)],
    [factor],
    [since],
    [
      button("people.reset", person, "reset", "people.reset.ask", showLink),
      ...(person.second_factor
        ? [button("people.factor.reset", person, "second-factor/reset", "people.factor.reset.ask")]
        : []),
      ...(link ? [button("people.withdraw", person, "withdraw")] : []),
      button("people.remove", person, "remove", "people.remove.ask"),
    ],
  );
}

function invitedRow(one) {
  return cells(
    COLUMNS,
    [make("bdi", { text: one.name }), " ", pending(one)],
    [t(`role.${one.role}`)],
    [],
    [make("span", { className: "soft", text: t("people.invited-by", { by: one.by }) })],
    [button("people.withdraw", one, "withdraw")],
  );
}

/** A chip that says how long the link is good. */
function pending({ kind, expires_at }) {
  const node = chip(kind === "invite" ? "people.invited" : "people.link");
  node.classList.add("warn");
  const until = make("time");
  fillMoment(until, expires_at);
  node.append(" ", until);
  return node;
}

function roleSelect(person) {
  const select = make("select", { className: "choice", "aria-label": t("people.role.of", { name: person.name }) });
  select.append(...roleOptions(person.role));
  select.addEventListener("change", async () => {
    const role = select.value;
    const sure = await ask(
      t("people.role.ask", { name: person.name, role: t(`role.${role}`) }),
      t("people.role.change"),
    );
    const done = sure && (await attempt(() => post(person, "role", { role }), select));
    if (!done) select.value = person.role;
    else if (person.name === me) location.reload();
    else await attempt(show);
  });
  return select;
}

function roleOptions(chosen) {
  return ROLES.map((role) => new Option(t(`role.${role}`), role, role === chosen, role === chosen));
}

/** A button that does `act` to `person`, after asking where `question` is given. */
function button(key, person, act, question = "", done = () => {}) {
  const node = make("button", { className: "button", text: t(key) });
  node.setAttribute("aria-label", `${t(key)}: ${person.name}`);
  node.addEventListener("click", async () => {
    if (question && !(await ask(t(question, { name: person.name }), t(key)))) return;
    await attempt(async () => {
      done(await post(person, act));
      await show();
    }, node);
  });
  return node;
}

const post = (person, act, body) =>
  api.post(`/api/people/${encodeURIComponent(person.name)}/${act}`, body);

function showLink({ name, kind, path }) {
  const key = kind === "invite" ? "people.link.invite" : "people.link.reset";
  showOnce($("shown-once"), t(key, { name }), [location.origin + path]);
}

function chip(key) {
  return make("span", { className: "chip", text: t(key) });
}
