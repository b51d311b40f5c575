// The steps of a comment's life in words.
import { has, t } from "./i18n.js";

/** A step, as "Rejected by Ana". */
export function what(step) {
  const exact = `step.${step.step}.${step.state}`;
  return t(has(exact) ? exact : `step.${step.step}`, { by: step.by });
}

/** The reason of a step; one that leaves the comment as it was repeats an older one. */
export const reasonOf = ({ step, reason }) => (["return", "keep"].includes(step) ? "" : reason);

/** A step with its reason, as "Rejected by Ana (It attacks a person)". */
export function did(step) {
  const reason = reasonOf(step).replace(/\.$/, "");
  return reason ? t("conflict.reason", { what: what(step), reason }) : what(step);
}
