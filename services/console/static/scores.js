// A comment's scores as bars, with the lines that the policy draws through them.
import { copy, make } from "./dom.js";
import { attribute, ruleName, t } from "./i18n.js";
import { level } from "./list.js";

/** Fills the slots of the card; `policy` is the answer of GET /api/policies, or null. */
export function showScores(slots, scores, policy) {
  slots["scores-card"].hidden = !scores;
  if (!scores) return;
  const bounds = policy?.bounds ?? [];
  for (const [name, value] of Object.entries(scores.values)) {
    const { root, slots: row } = copy("t-score");
    root.firstElementChild.dataset.level = level(value);
    row.name.textContent = attribute(name);
    row.bar.style.setProperty("--value", Math.min(1, Math.max(0, value)));
    row.value.textContent = value.toFixed(2);
    const lines = bounds.filter((bound) => bound.attribute === name || bound.attribute === "");
    row.track.append(...lines.map(line));
    row.lines.textContent = lines.map(words).join(" ");
    slots.scores.append(root);
  }
  slots.legend.hidden = !bounds.length;
  const { model, version, in_use_now: now } = scores;
  slots.model.textContent = t(now ? "scores.old" : "scores.model", { model, version, now });
}

function line(bound) {
  const node = make("span", { className: "score-line", title: words(bound) });
  node.dataset.then = bound.then;
  node.style.setProperty("--at", bound.at);
  return node;
}

const SIGNS = { ">=": "least", ">": "more", "<=": "most", "<": "less", "=": "exactly" };

/** Two decimals, or all it has. */
const digits = (end) => (Number(end.toFixed(2)) === end ? end.toFixed(2) : String(end));

function words({ sign, ends, rule, then, alone }) {
  const [at, to] = ends.map(digits);
  const asked = t(`asked.${SIGNS[sign] ?? "between"}`, { at, to });
  const key = alone ? "scores.line" : "scores.line.more";
  return t(key, { asked, rule: ruleName(rule), then: t(`then.${then}`) });
}
