// The sites: their API keys, where their webhooks go, and what came of each delivery.
import * as api from "./api.js";
import { ask } from "./ask.js";
import { showDeliveries } from "./deliveries.js";
import { $, make } from "./dom.js";
import { fillMoment, t } from "./i18n.js";
import { notify } from "./notices.js";
import { showOnce } from "./once.js";
import { attempt, reach } from "./page.js";
import { cells, head } from "./table.js";

const PATIENCE = 20_000;
const LOOK_EVERY = 500;
const COLUMNS = ["site.url", "site.state", "people.acts"];

export async function prepareSites() {
  const form = $("new-site");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const { id, key } = await api.post("/api/sites", Object.fromEntries(new FormData(form)));
      showKey(id, key);
      form.reset();
      await show();
    }, event.submitter);
  });
  await attempt(() => reach(show));
}

async function show() {
  const { sites } = await api.get("/api/sites");
  $("sites").replaceChildren(...sites.map(card));
}

const pathOf = (site) => `/api/sites/${encodeURIComponent(site.id)}`;
const hookPath = (site, { id }) => `${pathOf(site)}/webhooks/${encodeURIComponent(id)}`;

function card(site) {
  const since = make("time");
  fillMoment(since, site.created_at);
  const words = make("span", { className: "soft" }, site.id, " · ", t("site.since"), " ", since);
  const title = make("h3", {}, make("bdi", { text: site.name }));
  const rotate = button("site.rotate-key", site.name, async () => {
    if (!(await ask(t("site.rotate-key.ask", { site: site.name }), t("site.rotate-key")))) return;
    const { id, key } = await api.post(`${pathOf(site)}/rotate-key`);
    showKey(id, key);
  });
  const deliveries = make("div", { className: "deliveries" });
  return make(
    "section",
    { className: "card", "aria-label": site.name },
    make("div", { className: "card-head" }, make("div", {}, title, words), rotate),
    ...(site.webhooks.length ? [hooks(site)] : [make("p", { className: "soft", text: t("site.none") })]),
    addForm(site),
    button("deliveries.show", site.name, () => showDeliveries(deliveries, site)),
    deliveries,
  );
}

function hooks(site) {
  const body = make("tbody", {}, ...site.webhooks.map((hook) => hookRow(site, hook)));
  return make("table", { className: "stack" }, head(COLUMNS), body);
}

function hookRow(site, hook) {
  const act = async (name) => {
    const answer = await api.post(`${hookPath(site, hook)}/${name}`);
    await show();
    return answer;
  };
  const off = Boolean(hook.disabled);
  const state = make("span", { className: off ? "chip bad" : "chip good", text: t(off ? "site.off" : "site.on") });
  const words = [state];
  if (off) words.push(" ", make("span", { className: "soft", text: hook.disabled }));
  if (hook.rotating) words.push(" ", make("span", { className: "chip warn", text: t("site.rotating") }));
  return cells(
    COLUMNS,
    [make("bdi", { className: "url", text: hook.url })],
    words,
    [
      button("site.test", hook.url, () => test(site, hook)),
      button(off ? "site.enable" : "site.disable", hook.url, () => act(off ? "enable" : "disable")),
      button("site.rotate", hook.url, async () => {
        const { secret } = await act("rotate-secret");
        showOnce($("shown-once"), t("site.secret.both", { url: hook.url }), [secret]);
      }),
      ...(hook.rotating ? [button("site.finish", hook.url, () => act("finish-rotation"))] : []),
      button("site.remove", hook.url, async () => {
        if (await ask(t("site.remove.ask", { url: hook.url }), t("site.remove"))) await act("remove");
      }),
    ],
  );
}

function addForm(site) {
  const url = make("input", { className: "field", name: "url", type: "url", required: true, maxLength: 2000 });
  url.placeholder = "https://";
  const label = make("label", {}, make("span", { text: t("site.url.new") }), url);
  const form = make("form", { className: "form" }, label, make("button", { className: "button", text: t("site.add") }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const hook = await api.post(`${pathOf(site)}/webhooks`, { url: url.value });
      showOnce($("shown-once"), t("site.secret", { url: hook.url }), [hook.secret]);
      await show();
    }, event.submitter);
  });
  return form;
}

/** Sends a test, and says what came of it. */
async function test(site, hook) {
  const { id } = await api.post(`${hookPath(site, hook)}/test`);
  const until = performance.now() + PATIENCE;
  while (performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
    const query = new URLSearchParams({ webhook: hook.id, limit: 20 });
    const { deliveries } = await api.get(`${pathOf(site)}/deliveries?${query}`);
    const found = deliveries.find((delivery) => delivery.id === id);
    if (found && found.state !== "waiting") {
      const key = found.state === "delivered" ? "site.test.done" : "site.test.failed";
      notify(t(key, { url: hook.url, status: found.status, error: found.error }));
      return;
    }
  }
  notify(t("site.test.waits", { url: hook.url }));
}

function showKey(site, key) {
  showOnce($("shown-once"), t("site.key", { site }), [key]);
}

/** A button named after what it is about, for who cannot see where it stands. */
function button(key, about, work) {
  const node = make("button", { className: "button", type: "button", text: t(key) });
  node.setAttribute("aria-label", `${t(key)}: ${about}`);
  node.addEventListener("click", () => attempt(work, node));
  return node;
}
