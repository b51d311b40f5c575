// What spares a person: severe comments covered, categories muted, a pause now and then. All of it
// is theirs alone, and kept in this browser.
import { read, write } from "./settings.js";

/** Scores that make a comment severe, and from where on. */
const SEVERE = ["severe_toxicity", "threat", "identity_attack"];
const SEVERE_FROM = 0.7;
const MUTED_FROM = 0.5;
export const CATEGORIES = ["threat", "identity_attack", "severe_toxicity", "obscene", "insult"];

export const covers = () => read("cover") !== "off";
export const setCovers = (on) => write("cover", on ? "on" : "off");
export const reminds = () => read("remind") !== "off";
export const setReminds = (on) => write("remind", on ? "on" : "off");

export function muted() {
  return new Set(read("muted").split(" ").filter(Boolean));
}

export function setMuted(name, on) {
  const names = muted();
  if (on) names.add(name);
  else names.delete(name);
  write("muted", [...names].join(" "));
}

/** Whether a comment is to be covered until somebody wants to read it. */
export function isCovered(item) {
  if (!covers() || item.shown || !item.scores) return false;
  return SEVERE.some((name) => (item.scores.values[name] ?? 0) >= SEVERE_FROM);
}

/** Whether a comment is of a category that this person does not want to see. */
export function isMuted(item) {
  const values = item.scores?.values ?? {};
  return [...muted()].some((name) => (values[name] ?? 0) >= MUTED_FROM);
}
