// What people ruled about an author, in words.
import { make } from "./dom.js";
import { momentOf, t } from "./i18n.js";

/** How a chip shows a standing. */
const COLOURS = { trusted: "good", premoderated: "warn", suspended: "bad", banned: "bad" };

/** A chip such as "Suspended"; null where nothing holds. */
export function standingChip(standing) {
  if (standing === "none") return null;
  const className = `chip ${COLOURS[standing]}`;
  return make("span", { className, text: t(`standing.${standing}`) });
}

/** What holds now: "New comments are refused until 3 Dec 2026, 10:00." */
export function means({ standing, until }) {
  const what = t(`means.${standing}`);
  return until ? `${what} ${t("means.until", { until: momentOf(until) })}` : what;
}

/** One ruling: "Suspended by Ben, until 3 Dec 2026, 10:00". */
export function ruled({ standing, by, until }) {
  const what = t(`ruled.${standing}`, { by });
  return until ? t("ruled.until", { what, until: momentOf(until) }) : what;
}
