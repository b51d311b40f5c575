// What came of a site's webhooks: the newest, or those given up, and another try.
import * as api from "./api.js";
import { make } from "./dom.js";
import { fillTime, has, t } from "./i18n.js";
import { notify } from "./notices.js";
import { attempt } from "./page.js";
import { cells, head } from "./table.js";

const COLUMNS = ["deliveries.when", "deliveries.what", "deliveries.state", "deliveries.answer", "people.acts"];
const CHIPS = { delivered: "good", waiting: "warn", dead: "bad", dropped: "bad" };

/** Shows the deliveries of `site` in `node`, with a choice of which. */
export async function showDeliveries(node, site) {
  const path = `/api/sites/${encodeURIComponent(site.id)}`;
  const which = make("select", { className: "choice", "aria-label": t("deliveries.which") });
  for (const name of ["any", "dead"]) which.append(new Option(t(`deliveries.${name}`), name));
  const hook = make("select", { className: "choice", "aria-label": t("deliveries.webhook") });
  hook.append(new Option(t("deliveries.all"), ""));
  for (const { id, url } of site.webhooks) hook.append(new Option(url, id));
  const again = make("button", { className: "button", type: "button", text: t("deliveries.again") });
  const every = make("button", { className: "button", type: "button", text: t("deliveries.replay-all") });
  const body = make("tbody");
  const none = make("p", { className: "soft", text: t("deliveries.none") });
  const table = make("table", { className: "stack" }, head(COLUMNS), body);
  node.replaceChildren(make("div", { className: "row" }, which, hook, again, every), table, none);

  const load = async () => {
    const query = new URLSearchParams({ state: which.value, webhook: hook.value });
    const { deliveries } = await api.get(`${path}/deliveries?${query}`);
    body.replaceChildren(...deliveries.map((one) => row(one, path, load)));
    table.hidden = !deliveries.length;
    none.hidden = deliveries.length > 0;
    every.hidden = which.value !== "dead" || !hook.value || !deliveries.length;
  };
  for (const select of [which, hook]) select.addEventListener("change", () => attempt(load));
  again.addEventListener("click", () => attempt(load, again));
  every.addEventListener("click", () =>
    attempt(async () => {
      const { replayed } = await api.post(`${path}/webhooks/${encodeURIComponent(hook.value)}/replay`);
      notify(t("deliveries.replayed", { count: replayed }));
      await load();
    }, every),
  );
  await load();
}

function row(delivery, path, load) {
  const when = make("time");
  fillTime(when, delivery.tried_at ?? delivery.created_at);
  const chip = make("span", { className: `chip ${CHIPS[delivery.state] ?? ""}` });
  const key = `deliveries.state.${delivery.state}`;
  chip.textContent = has(key) ? t(key) : delivery.state;
  const tries = make("span", { className: "soft", text: t("deliveries.tries", { count: delivery.tries }) });
  const answer = [delivery.status && `HTTP ${delivery.status}`, delivery.error].filter(Boolean).join(" · ");
  return cells(
    COLUMNS,
    [when],
    [make("div", { text: delivery.type }), make("div", { className: "soft", text: delivery.comment })],
    [chip, " ", tries],
    answer ? [make("bdi", { text: answer })] : [],
    delivery.state === "dead" ? [replay(delivery, path, load)] : [],
  );
}

function replay({ id }, path, load) {
  const button = make("button", { className: "button", type: "button", text: t("deliveries.replay") });
  button.setAttribute("aria-label", `${t("deliveries.replay")}: ${id}`);
  button.addEventListener("click", () =>
    attempt(async () => {
      await api.post(`${path}/deliveries/${encodeURIComponent(id)}/replay`);
      await load();
    }, button),
  );
  return button;
}
