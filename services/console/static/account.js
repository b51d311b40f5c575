// A person's own account: second factor, password, and where they are logged in.
import * as api from "./api.js";
import { $, announce, make } from "./dom.js";
import { fillMoment, fillTime, t } from "./i18n.js";
import { showOnce } from "./once.js";
import { attempt, openPage, reach } from "./page.js";

await openPage("account");
await attempt(() => reach(show));

on("factor-begin", async (form) => {
  const setup = await api.post("/api/account/second-factor/begin", values(form));
  drawCode(setup.qr);
  $("secret").textContent = setup.secret.replace(/(.{4})(?=.)/g, "$1 ");
  $("factor-begin").hidden = true;
  $("factor-confirm").hidden = false;
  $("factor-confirm").elements.code.focus();
});
on("factor-confirm", async (form) => {
  const { recovery_codes } = await api.post("/api/account/second-factor/confirm", values(form));
  await show();
  showOnce($("codes"), t("factor.codes.text"), recovery_codes);
});
on("factor-manage", async (form, button) => {
  if (button.value === "codes") {
    const { recovery_codes } = await api.post("/api/account/recovery-codes", values(form));
    await show();
    showOnce($("codes"), t("factor.codes.text"), recovery_codes);
  } else {
    await api.post("/api/account/second-factor/off", values(form));
    await show();
  }
});
on("password", async (form) => {
  await api.post("/api/account/password", values(form));
  await show();
  announce(t("password.changed"));
  $("password").querySelector("button").textContent = t("password.changed");
});
$("everywhere").addEventListener("click", () =>
  attempt(() => api.logout("/api/account/sessions/end"), $("everywhere")),
);

async function show() {
  const account = await api.get("/api/account");
  $("lead").textContent = t("account.lead", { name: account.name, role: t(`role.${account.role}`) });
  const { second_factor: on, second_factor_needed: needed } = account;
  $("factor-state").textContent = t(on ? "factor.on" : "factor.is-off");
  $("factor-state").classList.toggle("good", on);
  $("factor-state").classList.toggle("warn", !on);
  const left = account.recovery_left;
  if (on) $("factor-text").textContent = t("factor.on.text", { count: left });
  else $("factor-text").textContent = t(needed ? "factor.needed" : "factor.off.text");
  $("factor-begin").hidden = on;
  $("factor-confirm").hidden = true;
  $("factor-manage").hidden = !on;
  $("factor-off").hidden = needed;
  $("sessions").replaceChildren(...account.sessions.map(row));
}

function row(session) {
  const seen = make("time");
  fillTime(seen, session.seen_at);
  const began = make("time");
  fillMoment(began, session.created_at);
  const agent = make("span", { text: shorter(session.agent), title: session.agent });
  return make(
    "tr",
    {},
    cell("seen", seen),
    cell("began", began),
    cell("address", make("bdi", { text: session.address })),
    cell("agent", agent),
    cell("end", session.here ? make("span", { className: "chip good", text: t("sessions.here") }) : end(session)),
  );
}

function end({ id }) {
  const button = make("button", { className: "button", text: t("sessions.end") });
  button.addEventListener("click", () =>
    attempt(async () => {
      await api.post(`/api/account/sessions/${encodeURIComponent(id)}/end`);
      await show();
    }, button),
  );
  return button;
}

/** A browser and its system, where the user agent is one of the usual; else all of it. */
function shorter(agent) {
  const name = /(Firefox|Edg|OPR|Chrome|Safari)\/\d+/.exec(agent)?.[0].replace("Edg", "Edge");
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux)/.exec(agent)?.[0];
  return name && system ? `${name.replace("/", " ")}, ${system}` : agent || t("sessions.unknown");
}

function cell(name, ...content) {
  const node = make("td", {}, ...content);
  node.dataset.name = t(`sessions.${name}`);
  if (name === "end") node.className = "acts";
  return node;
}

/** Sends the form `id` by `send`, and empties it when that worked. */
function on(id, send) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter;
    attempt(async () => {
      await send(event.target, button);
      event.target.reset();
    }, button);
  });
}

function values(form) {
  return Object.fromEntries(new FormData(form));
}

function drawCode({ size, path }) {
  const border = 4;
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  shape.setAttribute("d", path);
  $("qr").setAttribute("viewBox", `${-border} ${-border} ${size + 2 * border} ${size + 2 * border}`);
  $("qr").replaceChildren(shape);
}
