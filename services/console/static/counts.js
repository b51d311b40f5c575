// How many comments are in each state, as a bar and in words.
import { make } from "./dom.js";
import { t } from "./i18n.js";

const STATES = ["approved", "pending", "flagged", "rejected", "erased"];

/** A bar of `counts` by state, with the numbers below it. */
export function countsBar(counts) {
  const some = STATES.filter((state) => counts[state]);
  const bar = make("span", { className: "counts-bar", "aria-hidden": "true" }, ...some.map((state) => {
    const part = make("span");
    part.dataset.state = state;
    part.style.setProperty("--share", counts[state]);
    return part;
  }));
  const words = some.map((state) => {
    const word = make("li", { text: t(`counts.${state}`, { count: counts[state] }) });
    word.dataset.state = state;
    return word;
  });
  if (!some.length) return make("p", { className: "soft small", text: t("counts.none") });
  return make("div", { className: "counts" }, bar, make("ul", {}, ...words));
}
