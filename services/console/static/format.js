// Numbers, shares, days and durations as the page's language writes them.
import { language } from "./language.js";

const whole = new Intl.NumberFormat(language);
const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });
const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
const long = new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" });
const UNITS = [["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000], ["second", 1_000], ["millisecond", 1]].map(
  ([unit, length]) => {
    const style = { style: "unit", unit, unitDisplay: "short", maximumSignificantDigits: 2 };
    return [new Intl.NumberFormat(language, style), length];
  },
);

export const number = (value) => whole.format(value);
export const share = (value) => percent.format(value);

/** A day such as "2026-11-25": "25 Nov", and in full. */
export const day = (iso) => short.format(new Date(iso));
export const fullDay = (iso) => long.format(new Date(iso));

/** A duration with two digits: "4.5 min". */
export function duration(milliseconds) {
  const [format, length] = UNITS.find((unit) => milliseconds >= unit[1]) ?? UNITS.at(-1);
  return format.format(milliseconds / length);
}
