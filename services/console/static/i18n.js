// The words of strings/ in the page's language, with their values filled in.
import { language } from "./language.js";

const { words } = await import(`./strings/${language}.js`);
const plural = new Intl.PluralRules(language);
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "medium" });
const brief = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]].map(([unit, length]) => {
  const style = { style: "unit", unit, unitDisplay: "short" };
  return [new Intl.NumberFormat(language, style), length];
});

/** The message for `key`; `values.count` chooses its plural form. */
export function t(key, values = {}) {
  let message = words[key];
  if (message === undefined) throw new Error(`No words for ${key}`);
  if (typeof message === "object") message = message[plural.select(values.count)] ?? message.other;
  return message.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export const has = (key) => key in words;

/** A code such as "severe_toxicity" or "first-comment" as words, where it has none of its own. */
export function plain(code) {
  const spaced = code.replace(/[_-]+/g, " ");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

/** A rule's name in words: those of the catalogue for the rules that come with Moderato. */
export function ruleName(code) {
  return has(`rule.${code}`) ? t(`rule.${code}`) : plain(code);
}

/** A score's or an evidence's name in words. */
export function attribute(name) {
  return has(`attribute.${name}`) ? t(`attribute.${name}`) : plain(name);
}

/** How long ago `at` (ms since the epoch) was, short: "4 min". */
export function age(at) {
  const seconds = (Date.now() - at) / 1000;
  for (const [format, length] of UNITS) {
    if (seconds >= length) return format.format(Math.floor(seconds / length));
  }
  return t("time.now");
}

export function ago(at) {
  const short = age(at);
  return short === t("time.now") ? t("time.just") : t("time.ago", { age: short });
}

/** Fills a <time> with the age of `at`, and keeps the moment itself for who points at it. */
export function fillTime(node, at) {
  stamp(node, at);
  node.textContent = age(at);
}

/** The moment `at` in the browser's zone. */
export const momentOf = (at) => brief.format(at);

/** Fills a <time> with the moment `at` in the browser's zone. */
export function fillMoment(node, at) {
  stamp(node, at);
  node.textContent = brief.format(at);
}

function stamp(node, at) {
  node.dateTime = new Date(at).toISOString();
  node.title = `${moment.format(at)} (${node.dateTime.slice(0, 19).replace("T", " ")} UTC)`;
}

/** Puts the words where the HTML asks for them: data-t as text, data-t-label as a label. */
export function translate(root) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) {
    node.setAttribute("aria-label", t(node.dataset.tLabel));
    if (node.matches("button")) node.title = t(node.dataset.tLabel);
  }
}
