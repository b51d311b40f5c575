// The numbers of a span by rule and by person, and what waits now.
import { stripes, svg } from "./chart.js";
import { $, make } from "./dom.js";
import { number, share } from "./format.js";
import { age, ruleName, t } from "./i18n.js";
import { cells, head } from "./table.js";

/** With fewer decisions than this, a share says little. */
const FEW = 10;
const RULES = ["rule", "rule.flagged", "rule.verdicts", "rule.needless", "rule.alone", "rule.overturned"].map(
  (name) => `numbers.${name}`,
);
const STEPS = ["approve", "reject", "keep", "propose", "escalate", "hold", "return", "undo"];
const PEOPLE = ["numbers.name", ...STEPS.map((step) => `numbers.step.${step}`), "numbers.reversed"];
const WAITING = ["site", "waiting.queue", "waiting.count", "waiting.oldest", "waiting.median"].map(
  (name) => `numbers.${name}`,
);
const WIDTH = 120;

const decided = ({ agreed, disagreed }) => agreed + disagreed;
const needless = (rule) => (decided(rule) ? rule.disagreed / decided(rule) : 0);
const wolf = (rule, other) =>
  (decided(other) >= FEW) - (decided(rule) >= FEW) ||
  needless(other) - needless(rule) ||
  decided(other) - decided(rule);

/** Those that cry wolf most come first; those that few decisions speak about, last. */
export function showRules(rules) {
  $("rules-lead").textContent = t("numbers.rules.lead", { few: FEW });
  $("rules-legend").replaceChildren(
    ...["agreed", "disagreed"].map((kind) => make("li", {}, swatch(kind), t(`numbers.rule.${kind}`))),
  );
  const rows = rules.toSorted(wolf).map((rule) =>
    cells(
      RULES,
      [make("bdi", { text: rule.rule ? ruleName(rule.rule) : t("filter.norule") })],
      [number(rule.flagged)],
      [bar(rule)],
      needlessly(rule),
      [number(rule.approved + rule.rejected)],
      [number(rule.overturned)],
    ),
  );
  $("rules").replaceChildren(table(RULES, rows, t("numbers.rules.none")));
}

function needlessly(rule) {
  if (!decided(rule)) return ["–"];
  const words = [share(needless(rule))];
  if (decided(rule) < FEW) words.push(" ", make("span", { className: "chip", text: t("numbers.rule.few") }));
  return words;
}

function bar({ agreed, disagreed }) {
  const words = t("numbers.rule.bar", { agreed: number(agreed), disagreed: number(disagreed) });
  const whole = agreed + disagreed;
  if (!whole) return make("span", { text: "–" });
  const at = (agreed / whole) * WIDTH;
  const drawn = svg(
    "svg",
    { class: "split", width: WIDTH, height: 12, viewBox: `0 0 ${WIDTH} 12`, "aria-hidden": "true" },
    svg("rect", { class: "agreed", width: at, height: 12 }),
    svg("rect", { fill: "url(#stripes-disagreed)", x: at, width: WIDTH - at, height: 12 }),
  );
  return make("span", { className: "verdict" }, drawn, make("span", { className: "soft", text: words }));
}

function swatch(kind) {
  const box = svg("svg", { class: "swatch", width: 14, height: 14, "aria-hidden": "true" });
  const fill = kind === "agreed" ? { class: kind } : { fill: `url(#stripes-${kind})` };
  box.append(svg("rect", { width: 14, height: 14, ...fill }));
  // The stripes of the bars in the table, too.
  if (kind === "disagreed") box.prepend(svg("defs", {}, stripes("stripes-disagreed", kind)));
  return box;
}

export function showPeople(people, everybody) {
  $("people-title").textContent = t(everybody ? "numbers.moderators" : "numbers.moderators.own");
  $("people-lead").hidden = !everybody;
  const rows = people.map((person) =>
    cells(
      PEOPLE,
      [make("bdi", { text: person.name })],
      ...STEPS.map((step) => [number(person[step])]),
      [number(person.reversed)],
    ),
  );
  $("people").replaceChildren(table(PEOPLE, rows, t("numbers.moderators.none")));
}

export function showWaiting(waiting, sites) {
  const names = new Map(sites.map(({ id, name }) => [id, name]));
  const rows = Object.entries(waiting).flatMap(([site, queues]) =>
    ["flagged", "escalated"].flatMap((queue) => {
      const { count, oldest, median } = queues[queue];
      if (!count) return [];
      const name = make("bdi", { text: names.get(site) ?? site });
      const place = t(`numbers.waiting.${queue}`);
      return [cells(WAITING, [name], [place], [number(count)], [age(oldest)], [age(median)])];
    }),
  );
  $("waiting").replaceChildren(table(WAITING, rows, t("numbers.waiting.none")));
}

function table(columns, rows, none) {
  if (!rows.length) return make("p", { className: "soft", text: none });
  return make("table", { className: "stack numeric" }, head(columns), make("tbody", {}, ...rows));
}
