// What is known of a site, asked once in a while: its policy's lines and its reasons to reject.
import * as api from "./api.js";
import { t } from "./i18n.js";

const FRESH_FOR = 60_000;

/** An answer per key, asked anew when it is older than a minute; null where there is none. */
class Kept {
  #ask;
  #answers = new Map();

  constructor(ask) {
    this.#ask = ask;
  }

  /** What was answered last, as far as it is here already. */
  now(...key) {
    return this.#answers.get(key.join(" "))?.value ?? null;
  }

  async get(...key) {
    const name = key.join(" ");
    const known = this.#answers.get(name);
    if (known && Date.now() - known.at < FRESH_FOR) return known.promise;
    const entry = { at: Date.now(), value: known?.value ?? null };
    entry.promise = this.#ask(...key).then(
      (value) => (entry.value = value),
      () => {
        this.#answers.delete(name);
        return entry.value;
      },
    );
    this.#answers.set(name, entry);
    return entry.promise;
  }
}

/** The policy that decided about a comment, as `decidedBy` names it. */
export const policies = new Kept((site, version, tighter) => {
  const query = new URLSearchParams({ version, ...(tighter && { tighter }) });
  return api.get(`/api/policies/${encodeURIComponent(site)}?${query}`);
});

/** The site, the version, and "1" where it decided on an article held tighter. */
export const decidedBy = ({ site, why }) => [
  site, why?.policy_version ?? "", why?.evidence.tighter ? "1" : "",
];

/** The reasons to reject; those that come with Moderato in the page's language, a site's own as
    they are written. `told` is what the server would tell the author by itself. */
export const reasons = new Kept(async (site) => {
  const { own, reasons: list } = await api.get(`/api/reasons?${new URLSearchParams({ site })}`);
  return list.map((reason) => ({ ...reason, ...(own ? {} : inWords(reason)), told: reason.words }));
});

/** A chosen reason as a decision gives it: words only where they are not the server's. */
export function said({ rule, told, words }, given = words) {
  return { rule, reason: given === told ? "" : given };
}

function inWords({ rule }) {
  return { label: t(`reason.${rule}`), words: t(`reason.${rule}.words`) };
}
