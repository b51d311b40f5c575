// The audit log: who did what. The filter stands in the address, so a view can be shared.
import * as api from "./api.js";
import { authorPage, deskWith } from "./author-address.js";
import { $, announce, make } from "./dom.js";
import { fillMoment, has, plain, t } from "./i18n.js";
import { attempt, openPage, reach } from "./page.js";

const FAMILIES = [
  "login", "comment", "account", "person", "author", "site", "webhook", "article", "audit",
];
const LIMIT = 50;

const who = await openPage("audit");
const form = $("filter");
const all = who.role !== "moderator";
let next = "";

$("lead").textContent = t(all ? "audit.lead" : "audit.lead.own");
$("person-label").hidden = !all;
for (const name of FAMILIES) form.elements.action.append(new Option(t(`audit.family.${name}`), name));
for (const { id, name } of who.sites) form.elements.site.append(new Option(name, id));
for (const [name, value] of new URLSearchParams(location.search)) {
  if (form.elements[name]) form.elements[name].value = value;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  history.replaceState(null, "", `?${new URLSearchParams(given())}`);
  attempt(() => show(true), event.submitter);
});
$("more").addEventListener("click", () => attempt(() => show(false), $("more")));
await attempt(() => reach(() => show(true)));

/** The filter as it stands in the form. */
function given() {
  return [...new FormData(form)].filter(([, value]) => value !== "");
}

/** The filter as the API wants it: moments in ms. */
function asked() {
  const query = new URLSearchParams(given());
  for (const name of ["since", "until"]) {
    const at = Date.parse(query.get(name) ?? "");
    if (Number.isNaN(at)) query.delete(name);
    // The minute that was chosen belongs to it.
    else query.set(name, name === "until" ? at + 59_999 : at);
  }
  return query;
}

async function show(anew) {
  const query = asked();
  for (const format of ["csv", "jsonl"]) {
    $(format).href = `/api/audit/export?${new URLSearchParams([...query, ["format", format]])}`;
  }
  query.set("limit", LIMIT);
  if (!anew) query.set("before", next);
  const page = await api.get(`/api/audit?${query}`);
  if (anew) $("lines").replaceChildren();
  $("lines").append(...page.lines.map(row));
  next = page.next ?? "";
  $("more").hidden = !next;
  $("none").hidden = $("lines").children.length > 0;
  // Where little fits, the search stops now and then.
  $("none").textContent = t(next ? "audit.further" : "audit.none");
  announce(t("audit.shown", { count: $("lines").children.length }));
}

function row(line) {
  const when = make("time");
  fillMoment(when, line.at);
  const by = line.by ? make("bdi", { text: line.by }) : make("span", { text: t("audit.nobody") });
  return make(
    "tr",
    {},
    cell("when", when),
    cell("by", by),
    cell("what", action(line.action)),
    cell("subject", ...subject(line)),
    cell("details", ...Object.entries(line.details).map(detail)),
  );
}

function cell(name, ...content) {
  const node = make("td", {}, ...content);
  node.dataset.name = t(`audit.${name}`);
  return node;
}

function action(code) {
  const key = `audit.act.${code}`;
  return has(key) ? t(key) : code.split(".").map(plain).join(": ");
}

function subject({ action, site, subject: name }) {
  const parts = name ? [link(hrefOf(action, site, name), name)] : [];
  if (site && site !== name) parts.push(" ", make("span", { className: "soft", text: site }));
  return parts;
}

/** Where what an act was done to can be seen: a comment at the desk, an author's page; or "". */
function hrefOf(action, site, id) {
  if (action.startsWith("author.")) return authorPage(site, id);
  const isOfComment = action.startsWith("comment.") && !action.startsWith("comment.bulk");
  return isOfComment ? deskWith({ site, id }) : "";
}

function link(href, text) {
  const name = make("bdi", { text });
  return href ? make("a", { href }, name) : name;
}

function detail([name, value]) {
  const key = `audit.detail.${name}`;
  const words = make("span", { className: "soft", text: `${has(key) ? t(key) : plain(name)} ` });
  return make("div", {}, words, make("bdi", { text: has(`role.${value}`) ? t(`role.${value}`) : String(value) }));
}
