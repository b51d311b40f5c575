// An article in words: its title, how it takes comments, and where its page is.
import { make } from "./dom.js";
import { t } from "./i18n.js";
import { untilWords } from "./until.js";

export const pageOf = ({ site, id }) => `/article?${new URLSearchParams({ site, id })}`;
export const titleOf = (article) => article.title || t("comment.untitled");

/** An address is a site's word: only the web's schemes become links. */
export const isWeb = (url) => /^https?:\/\//i.test(url);

/** How it takes comments, where that is not as usual: a chip each. */
export function marks({ mode, mode_until: until, tighter }) {
  const found = [];
  if (mode !== "open") found.push(mark(t(`mode.${mode}`), until, mode === "closed" ? "bad" : "warn"));
  if (tighter) found.push(mark(t("mode.tighter"), tighter.until, "warn"));
  return found;
}

function mark(name, until, tone) {
  const text = until ? t("mode.until", { mode: name, until: untilWords(until) }) : name;
  return make("span", { className: `chip ${tone}`, text });
}
