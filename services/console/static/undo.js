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
    const author = entry.item.author.name || t("comment.nameless");
    $("undo-text").textContent = t(`undo.${entry.action}`, { author });
    tick();
    if (shown === entry) return;
    shown = entry;
    animation?.cancel();
    const left = Math.max(0, entry.until - performance.now());
    const share = left / (entry.seconds * 1000);
    animation = $("undo-bar").animate(
      [{ transform: `scaleX(${share})` }, { transform: "scaleX(0)" }],
      { duration: left, fill: "forwards" },
    );
  }

  function tick() {
    const entry = decisions.newest;
    if (!entry) return;
    const seconds = Math.max(0, Math.ceil((entry.until - performance.now()) / 1000));
    $("undo-left").textContent = t("undo.left", { seconds });
  }

  decisions.addEventListener("change", render);
  setInterval(tick, 250);
}
