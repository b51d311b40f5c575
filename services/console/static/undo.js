// The strip above the actions: the newest decision, and how long it can be taken back.
import { $ } from "./dom.js";
import { t } from "./i18n.js";

export function prepareUndo(decisions) {
  let shown;
  let animation;

  function render() {
    const entry = decisions.newest;
    $("undo").hidden = !entry;
    if (!entry) return;
    $("undo-text").textContent = words(entry);
    tick();
    const key = `${entry.action} ${entry.until}`;
    if (shown === key) return;
    shown = key;
    animation?.cancel();
    $("undo-bar").hidden = entry.until === Infinity;
    if (entry.until === Infinity) return;
    const left = Math.max(0, entry.until - performance.now());
    const share = Math.min(1, left / (entry.seconds * 1000));
    animation = $("undo-bar").animate(
      [{ transform: `scaleX(${share})` }, { transform: "scaleX(0)" }],
      { duration: left, fill: "forwards" },
    );
  }

  function tick() {
    const entry = decisions.newest;
    if (!entry) return;
    const seconds = Math.max(0, Math.ceil((entry.until - performance.now()) / 1000));
    $("undo-left").textContent = seconds === Infinity ? "" : t("undo.left", { seconds });
  }

  decisions.addEventListener("change", render);
  setInterval(tick, 250);
}

function words({ bulk, action, item }) {
  if (bulk) return t(`undo.bulk.${action}`, { count: bulk.total });
  return t(`undo.${action}`, { author: item.author.name || t("comment.nameless") });
}
