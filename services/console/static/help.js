// The sheet of keys, and what a person can set.
import * as care from "./care.js";
import { $, make } from "./dom.js";
import { attribute, t } from "./i18n.js";
import { KEYS } from "./keys.js";
import { languageChoice, themeChoice } from "./preferences.js";
import { setSingleKeys, singleKeys } from "./settings.js";

const EXTRA = { j: ["↓"], k: ["↑"] };

/** `changed()` hears that what is muted or covered has changed. */
export function prepareHelp(changed) {
  for (const [key, action] of Object.entries(KEYS)) {
    line([key.toUpperCase(), ...(EXTRA[key] ?? [])], t(`action.${action}`));
  }
  line(["1–9"], t("help.reason"));
  line([t("key.palette")], t("action.palette"));
  setting("single-keys", singleKeys(), setSingleKeys);
  setting("cover", care.covers(), (on) => {
    care.setCovers(on);
    changed();
  });
  setting("remind", care.reminds(), care.setReminds);
  for (const name of care.CATEGORIES) $("mute").append(category(name, changed));
  themeChoice($("theme"));
  languageChoice($("language"));
}

export const openHelp = () => $("help").showModal();

function setting(id, on, set) {
  $(id).checked = on;
  $(id).addEventListener("change", (event) => set(event.target.checked));
}

function category(name, changed) {
  const box = make("input", { type: "checkbox", checked: care.muted().has(name) });
  box.addEventListener("change", () => {
    care.setMuted(name, box.checked);
    changed();
  });
  return make("label", { className: "setting" }, box, make("span", { text: attribute(name) }));
}

function line(keys, words) {
  const term = make("dt", {}, ...keys.map((key) => make("kbd", { text: key })));
  $("help-keys").append(make("div", {}, term, make("dd", { text: words })));
}
