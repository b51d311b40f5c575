// What somebody wants to see of the queues, and how the address and the API say it.
export const QUEUES = [
  "flagged", "waiting", "escalated", "reported", "approved", "rejected", "dead",
];
/** The orders of each queue, its own first; "score-low" is the scores from the lowest on. */
export const SORTS = {
  flagged: ["priority", "oldest", "newest", "score", "score-low"],
  escalated: ["priority", "oldest", "newest", "score", "score-low"],
  waiting: ["oldest", "newest"],
  reported: ["priority"],
  approved: ["newest", "oldest"],
  rejected: ["newest", "oldest"],
  dead: ["newest", "oldest"],
};
/** How old: [name, ms, whether it is at least that]. */
const AGES = [
  ["hour", 3_600_000, false],
  ["day", 86_400_000, false],
  ["over-hour", 3_600_000, true],
  ["over-day", 86_400_000, true],
];
const FILTERED = ["flagged", "escalated"];
const LISTS = ["rule", "language", "score"];
const SINGLE = ["article", "author", "age"];
const OLDER = { pending: "waiting" };

export const ageNames = AGES.map(([name]) => name);
export const canFilter = (view) => FILTERED.includes(view.queue);

/** A view of `queue` without filters; `changes` narrow it. */
export function viewOf(queue = "flagged", site = "", changes = {}) {
  const none = { rule: [], language: [], score: [], article: "", author: "", age: "" };
  return { queue, site, sort: SORTS[queue][0], attribute: "", actor: "", ...none, ...changes };
}

/** The view of the queue in which a comment stands; null for one that stands in none. */
export function viewAt({ state, place, why }) {
  const queue = FILTERED.includes(place) ? place : place === "held" ? "waiting" : (OLDER[state] ?? state);
  const actor = why?.actor === "policy" ? "policy" : "";
  return QUEUES.includes(queue) ? changed(viewOf(queue), { actor }) : null;
}

/** The view with `changes`; what another queue does not know is left out. */
export function changed(view, changes) {
  const next = { ...view, ...changes };
  if (!SORTS[next.queue].includes(next.sort)) next.sort = SORTS[next.queue][0];
  if (!canFilter(next)) return viewOf(next.queue, next.site, { sort: next.sort, actor: next.actor });
  // An article and an author are a site's own.
  if (!next.site) Object.assign(next, { article: "", author: "" });
  if (next.sort.startsWith("score")) next.attribute ||= "toxicity";
  return { ...next, actor: "" };
}

export function isFiltered(view) {
  return [...LISTS, ...SINGLE].some((name) => view[name].length > 0);
}

/** The view of an address such as "?queue=flagged&rule=insult"; nonsense in it is left out. */
export function fromAddress(search, sites) {
  const given = new URLSearchParams(search);
  const named = given.get("queue") ?? given.get("state") ?? "";
  const queue = OLDER[named] ?? named;
  const site = sites.has(given.get("site")) ? given.get("site") : "";
  const view = viewOf(QUEUES.includes(queue) ? queue : "flagged", site);
  for (const name of LISTS) view[name] = [...new Set(given.getAll(name))].slice(0, 20);
  view.score = view.score.filter((text) => rangeOf(text));
  for (const name of SINGLE) view[name] = given.get(name) ?? "";
  if (!ageNames.includes(view.age)) view.age = "";
  if (given.get("actor") === "policy") view.actor = "policy";
  view.attribute = given.get("attribute") ?? "";
  return changed(view, { sort: given.get("sort") ?? view.sort });
}

/** The address of a view, with the place of the comment that is open. */
export function toAddress(view, item) {
  const query = new URLSearchParams({ queue: view.queue });
  for (const name of ["site", ...SINGLE, "actor"]) if (view[name]) query.set(name, view[name]);
  if (view.sort !== SORTS[view.queue][0]) query.set("sort", view.sort);
  if (view.sort.startsWith("score")) query.set("attribute", view.attribute);
  for (const name of LISTS) for (const value of view[name]) query.append(name, value);
  if (item) query.set("comment", `${item.site}/${item.id}`);
  if (item?.cursor) query.set("at", item.cursor);
  return `?${query}`;
}

/** The address of one comment, in the queue it stands in. */
export function addressOf(item) {
  const { state, place, why } = item;
  const waits = state === "pending" || place === "held";
  const queue = waits ? "waiting" : state === "flagged" ? place : state;
  const actor = why?.actor === "policy" && ["approved", "rejected"].includes(queue) ? "policy" : "";
  return toAddress(viewOf(queue, item.site, { actor }), item);
}

/** What GET /api/queue and its facets are asked. */
export function toQuery(view, { paging = {}, sorted = true } = {}) {
  const query = new URLSearchParams({ queue: view.queue, ...paging });
  if (sorted) {
    const [sort, low] = view.sort.split("-");
    query.set("sort", sort);
    if (low) query.set("order", "asc");
    if (sort === "score") query.set("attribute", view.attribute);
    if (view.actor) query.set("actor", view.actor);
  }
  for (const name of ["site", "article", "author"]) if (view[name]) query.set(name, view[name]);
  for (const name of LISTS) for (const value of view[name]) query.append(name, value);
  for (const [name, value] of Object.entries(received(view))) query.set(name, value);
  return query;
}

/** The same filters as a bulk of one site takes them. */
export function toBulk(view, site) {
  const { queue, rule, language, score } = view;
  const [article, author] = [view.article || null, view.author || null];
  return { site, queue, rule, language, score, article, author, ...received(view) };
}

/** "toxicity:0.5:0.8" as its parts; null where it is none. */
export function rangeOf(text) {
  const found = /^(.+):([\d.]+):([\d.]+)$/.exec(text);
  if (!found) return null;
  const [name, least, most] = [found[1], Number(found[2]), Number(found[3])];
  return least >= 0 && least <= most && most <= 1 ? { name, least, most } : null;
}

function received(view) {
  const age = AGES.find(([name]) => name === view.age);
  if (!age) return {};
  const [, length, atLeast] = age;
  return { [atLeast ? "received_to" : "received_from"]: Date.now() - length };
}

/** Whether a comment, or a change of one, stands in the view's queue and site. */
export function belongs(view, { site, state, place, reports }) {
  if (view.site && site !== view.site) return false;
  if (FILTERED.includes(view.queue)) return state === "flagged" && place === view.queue;
  if (view.queue === "waiting") return state === "pending" || place === "held";
  if (["approved", "rejected"].includes(view.queue)) return state === view.queue;
  if (view.queue === "reported" && reports === 0) return false;
  return state !== "erased";
}
