// What happened day by day: two charts, and the same numbers as tables.
import { DayChart, roundTicks, stripes, svg } from "./chart.js";
import { $, make } from "./dom.js";
import { day, duration, fullDay, number } from "./format.js";
import { t } from "./i18n.js";

/** From the bottom up. Colour says the outcome, stripes say that people decided. */
const PARTS = [
  { name: "policy.approved", of: (one) => one.policy.approved, kind: "approved" },
  { name: "people.approved", of: (one) => one.people.approve, kind: "approved", striped: true },
  { name: "policy.rejected", of: (one) => one.policy.rejected, kind: "rejected" },
  { name: "people.rejected", of: (one) => one.people.reject, kind: "rejected", striped: true },
];
const LINES = [
  { name: "p50", key: "numbers.p50", kind: "half" },
  { name: "p90", key: "numbers.p90.line", kind: "most" },
];
const SECOND = 1_000;
const ROUND = [0.1, 1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800, 2_592_000].map((s) => s * SECOND);

export class Daily {
  #decisions = new DayChart($("decisions"), t("numbers.decisions"));
  #speed = new DayChart($("speed"), t("numbers.speed"));

  constructor() {
    $("decisions-legend").append(
      entry("arrived", t("numbers.arrived")),
      ...PARTS.map(({ name, kind, striped }) => entry(kind, t(`numbers.${name}`), striped)),
    );
    $("speed-legend").append(...LINES.map(({ key, kind }) => entry(kind, t(key))));
  }

  show(days) {
    this.#showDecisions(days);
    this.#showSpeed(days);
    showTables(days);
  }

  #showDecisions(days) {
    const sums = days.map((one) => PARTS.reduce((sum, { of }) => sum + of(one), 0));
    const { ticks, top } = roundTicks(Math.max(...sums, ...days.map((one) => one.arrived)), number);
    this.#decisions.show({
      hint: t("numbers.hint"),
      columns: days.map((one) => ({ label: day(one.day), words: decided(one) })),
      ticks,
      defs: ["approved", "rejected"].map((kind) => stripes(`stripes-${kind}`, kind)),
      paint: (index, place) => stack(days[index], place, top),
    });
  }

  #showSpeed(days) {
    const times = days.flatMap(({ took }) => [took.people.p50, took.people.p90]).filter(Boolean);
    const scale = logarithmic(times);
    this.#speed.show({
      hint: times.length ? t("numbers.hint") : t("numbers.quiet.all"),
      columns: days.map((one) => ({ label: day(one.day), words: speed(one) })),
      ticks: scale.ticks,
      defs: [],
      paint: (index, place) =>
        LINES.flatMap(({ name, kind }) => {
          const value = days[index].took.people[name];
          return value === null ? [] : [dot(kind, place.x + place.width / 2, place.y(scale.at(value)))];
        }),
      join: (places) => LINES.flatMap(({ name, kind }) => line(days, places, scale, name, kind)),
    });
  }
}

function decided(one) {
  const parts = PARTS.map(({ name, of }) => `${number(of(one))} ${t(`numbers.${name}`)}`);
  const flagged = `${number(one.policy.flagged)} ${t("numbers.policy.flagged")}`;
  return `${fullDay(one.day)}: ${[`${number(one.arrived)} ${t("numbers.arrived")}`, ...parts, flagged].join(", ")}.`;
}

function speed({ day: iso, took: { people } }) {
  if (people.p50 === null) return `${fullDay(iso)}: ${t("numbers.quiet")}.`;
  const parts = LINES.map(({ name, key }) => `${t(key)} ${duration(people[name])}`);
  return `${fullDay(iso)}: ${parts.join(", ")}.`;
}

function stack(one, { x, width, y }, top) {
  const gap = Math.min(4, width * 0.2);
  let sum = 0;
  const bars = PARTS.map(({ of, kind, striped }) => {
    const [low, high] = [sum / top, (sum += of(one)) / top];
    const size = { x: x + gap, width: Math.max(1, width - 2 * gap), y: y(high), height: y(low) - y(high) };
    return svg("rect", striped ? { ...size, fill: `url(#stripes-${kind})` } : { ...size, class: kind });
  });
  const at = y(one.arrived / top);
  return [...bars, svg("line", { class: "arrived", x1: x + gap / 2, x2: x + width - gap / 2, y1: at, y2: at })];
}

function dot(kind, x, y) {
  if (kind === "half") return svg("circle", { class: kind, cx: x, cy: y, r: 4 });
  return svg("rect", { class: kind, x: x - 4, y: y - 4, width: 8, height: 8 });
}

/** A line through the days on which somebody decided; it breaks where nobody did. */
function line(days, places, scale, name, kind) {
  const points = days.map(({ took }, index) => {
    const { x, width, y } = places[index];
    const value = took.people[name];
    return value === null ? null : `${x + width / 2},${y(scale.at(value))}`;
  });
  const path = points.map((point, index) => point && `${points[index - 1] ? "L" : "M"}${point}`);
  return [svg("path", { class: `line ${kind}`, d: path.filter(Boolean).join("") })];
}

/** A scale on which each round duration is several times the one before; empty without times. */
function logarithmic(times) {
  if (!times.length) return { at: () => 0, ticks: [] };
  const least = ROUND.slice(0, -1).findLast((one) => one <= Math.min(...times)) ?? ROUND[0];
  const most = ROUND.find((one) => one >= Math.max(...times) && one > least) ?? ROUND.at(-1);
  const at = (value) => Math.log(value / least) / Math.log(most / least);
  const shown = ROUND.filter((one) => one >= least && one <= most);
  return { at, ticks: shown.map((one) => ({ at: at(one), label: duration(one) })) };
}

function entry(kind, words, striped = false) {
  const box = { width: 14, height: 14, class: "swatch", "aria-hidden": "true" };
  if (!striped) return make("li", {}, svg("svg", box, svg("rect", { class: kind, width: 14, height: 14 })), words);
  const fill = svg("rect", { width: 14, height: 14, fill: `url(#stripes-${kind})` });
  return make("li", {}, svg("svg", box, fill), words);
}

function showTables(days) {
  const newest = days.toReversed();
  const counted = [
    [t("numbers.arrived"), (one) => number(one.arrived)],
    ...PARTS.map(({ name, of }) => [t(`numbers.${name}`), (one) => number(of(one))]),
    [t("numbers.policy.flagged"), (one) => number(one.policy.flagged)],
  ];
  const took = LINES.map(({ name, key }) => [
    t(key),
    ({ took: { people } }) => (people[name] === null ? "–" : duration(people[name])),
  ]);
  $("decisions-table").replaceChildren(table(newest, counted));
  $("speed-table").replaceChildren(table(newest, took));
}

function table(days, columns) {
  const names = [t("numbers.day"), ...columns.map(([name]) => name)];
  const heads = names.map((text) => make("th", { scope: "col", text }));
  const rows = days.map((one) => {
    const cells = columns.map(([, of]) => make("td", { text: of(one) }));
    return make("tr", {}, make("th", { scope: "row", text: day(one.day) }), ...cells);
  });
  return make(
    "table",
    { className: "numeric" },
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows),
  );
}
