// Reminds of a pause after an hour at the desk. Five minutes away from it are one.
import { reminds } from "./care.js";
import { $, make } from "./dom.js";
import { t } from "./i18n.js";

const HOUR = 3_600_000;
const BREAK = 300_000;
const LOOK = 30_000;

export function remindOfPauses() {
  let since = Date.now();
  let last = since;

  for (const name of ["keydown", "pointerdown", "wheel"]) {
    addEventListener(name, () => {
      const now = Date.now();
      if (now - last >= BREAK) since = now;
      last = now;
    }, { passive: true, capture: true });
  }
  setInterval(() => {
    const now = Date.now();
    if (!reminds() || now - last >= BREAK || now - since < HOUR) return;
    since = now;
    remind();
  }, LOOK);
  $("pause").addEventListener("close", () => {
    since = last = Date.now();
  });
}

export const pause = () => $("pause").showModal();

function remind() {
  const go = make("button", { className: "button", text: t("pause.now") });
  const later = make("button", { className: "button quiet", text: t("pause.later") });
  const notice = make("div", { className: "notice calm", role: "status" });
  notice.append(make("p", { text: t("pause.hour") }), go, later);
  go.addEventListener("click", () => {
    notice.remove();
    pause();
  });
  later.addEventListener("click", () => notice.remove());
  $("notices").append(notice);
}
