// When something ends: quick choices, and the words for a moment in both zones.
import { language } from "./language.js";
import { t } from "./i18n.js";

const HOUR = 3_600_000;
const MORNING = 8;
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "short" });
const utc = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: "UTC" });

/** "27 Nov 2026, 08:00", or "08:00" where it is today. */
export function untilWords(at) {
  const today = new Date(at).toDateString() === new Date().toDateString();
  return (today ? clock : moment).format(at);
}

/** The same with the time in UTC behind it, where that differs. */
export function inBothZones(at) {
  const here = untilWords(at);
  return new Date(at).getTimezoneOffset() ? t("until.utc", { here, utc: utc.format(at) }) : here;
}

/** The choices there are: [name, UTC ms or null for no end]. */
export function quickEnds(now = Date.now()) {
  const morning = new Date(now);
  morning.setDate(morning.getDate() + 1);
  morning.setHours(MORNING, 0, 0, 0);
  return [["hour", now + HOUR], ["morning", morning.getTime()], ["none", null]];
}
