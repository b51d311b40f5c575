// The headline figures, each with how it changed against the span before.
import { $, make } from "./dom.js";
import { duration, number, share } from "./format.js";
import { t } from "./i18n.js";

/** `before` is null where the span before was not counted. */
export function showFigures(total, before) {
  const now = figures(total);
  const then = before && figures(before);
  $("figures").replaceChildren(
    ...Object.entries(now).map(([name, figure]) => tile(name, figure, then?.[name] ?? null)),
  );
}

/** name -> {value (null: there is none), kind, more: words below it}. */
function figures({ arrived, policy, people, agreed, disagreed, overturned, took }) {
  const alone = policy.approved + policy.rejected;
  return {
    arrived: { value: arrived, kind: "number" },
    alone: ratio(alone, alone + policy.flagged),
    people: { value: people.approve + people.reject, kind: "number" },
    took: {
      value: took.people.p50,
      kind: "duration",
      more: took.people.p90 === null ? "" : t("numbers.p90", { time: duration(took.people.p90) }),
    },
    agreed: ratio(agreed, agreed + disagreed),
    overturned: ratio(overturned.approved + overturned.rejected, alone),
  };
}

function ratio(part, whole) {
  const more = whole ? t("numbers.of", { part: number(part), whole: number(whole) }) : "";
  return { value: whole ? part / whole : null, kind: "share", more };
}

const WRITTEN = { number, duration, share };

function tile(name, { value, kind, more }, before) {
  const shown = value === null ? "–" : WRITTEN[kind](value);
  const words = [make("dd", { className: "figure", text: shown })];
  if (more) words.push(make("dd", { className: "soft", text: more }));
  words.push(make("dd", { className: "soft change", text: change(value, before) }));
  const node = make("div", { className: "tile" }, make("dt", { text: t(`numbers.figure.${name}`) }), ...words);
  node.dataset.figure = name;
  return node;
}

function change(value, before) {
  if (value === null || before === null || before.value === null) return t("numbers.change.none");
  const points = before.kind === "share";
  if (!points && !before.value) return t(value ? "numbers.change.none" : "numbers.change.same");
  const by = points ? Math.round((value - before.value) * 100) : value / before.value - 1;
  if (points ? !by : Math.abs(by) < 0.0005) return t("numbers.change.same");
  const size = Math.abs(by);
  const words = points ? t("numbers.change.points", { count: size, value: number(size) }) : share(size);
  return t(by > 0 ? "numbers.change.up" : "numbers.change.down", { by: words });
}
