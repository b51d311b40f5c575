// Everything the palette offers, as far as it can be done now.
import { ruleName, t } from "./i18n.js";
import { KEYS } from "./keys.js";
import { links } from "./menu.js";
import { named } from "./palette.js";
import { pause } from "./pause.js";
import { setTheme } from "./settings.js";
import { toDecide } from "./rights.js";
import { QUEUES, SORTS, ageNames, canFilter } from "./view.js";

/** Actions that need a comment and the right to it. */
const OF_COMMENT = ["approve", "reject", "escalate", "hold", "return", "retry"];

export function commands({ queue, filters, may, who, sites, open, run }) {
  const { view, selected } = queue;
  const found = [];
  const add = (name, does, keys = "") => found.push({ name, keys, run: does });
  for (const [key, action] of Object.entries(KEYS)) {
    const does = selected ? toDecide(selected, action) : action;
    if (OF_COMMENT.includes(action) && !may(selected, does)) continue;
    if (["author", "article"].includes(action) && !selected) continue;
    if (["filter", "bulk"].includes(action) && !canFilter(view)) continue;
    add(t(`action.${does}`), run[action], key.toUpperCase());
  }
  for (const name of QUEUES) {
    if (name !== view.queue) add(named("queue", t(`queue.${name}`)), () => open({ queue: name }));
  }
  for (const sort of SORTS[view.queue]) {
    if (sort !== view.sort) add(named("sort", t(`sort.${sort}`)), () => open({ sort }));
  }
  if (canFilter(view)) {
    for (const rule of filters.rules) {
      const rest = view.rule.filter((one) => one !== rule);
      const next = rest.length < view.rule.length ? rest : [...rest, rule];
      add(named("rule", ruleName(rule)), () => open({ rule: next }));
    }
    for (const age of ageNames) add(named("age", t(`age.${age}`)), () => open({ age }));
    add(t("filter.clear"), () => filters.clear());
    if (selected) {
      const { site } = selected;
      add(t("only.author"), () => open({ site, author: selected.author.id }));
      add(t("only.article"), () => open({ site, article: selected.article.id }));
    }
  }
  if (sites.size > 1) {
    const all = [["", t("bar.all")], ...sites];
    for (const [site, name] of all) add(named("site", name), () => open({ site }));
  }
  if (["approved", "rejected"].includes(view.queue)) {
    for (const actor of ["", "policy"]) {
      add(named("actor", t(`actor.${actor || "people"}`)), () => open({ actor }));
    }
  }
  for (const link of links(who.role).querySelectorAll("a:not([aria-current])")) {
    add(named("page", link.textContent), () => location.assign(link.href));
  }
  for (const theme of ["", "light", "dark"]) {
    add(named("theme", t(`help.theme.${theme || "system"}`)), () => setTheme(theme));
  }
  add(t("pause.now"), pause);
  return found;
}
