// The steps of a comment's life in words.
import { has, t } from "./i18n.js";

/** A step, as "Rejected by Ana". */
export function what(step) {
  const exact = `step.${step.step}.${step.state}`;
  return t(has(exact) ? exact : `step.${step.step}`, { by: step.by });
}

/** A step with its reason, as "Rejected by Ana (It attacks a person)". */
export function did(step) {
  const reason = step.reason.replace(/\.$/, "");
  return reason ? t("conflict.reason", { what: what(step), reason }) : what(step);
}
