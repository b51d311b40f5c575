// The sheet of keys, and what a person can set.
import { $ } from "./dom.js";
import { t } from "./i18n.js";
import { KEYS } from "./keys.js";
import { languageChoice, themeChoice } from "./preferences.js";
import { setSingleKeys, singleKeys } from "./settings.js";

const EXTRA = { j: ["↓"], k: ["↑"] };

export function prepareHelp() {
  for (const [key, action] of Object.entries(KEYS)) {
    line([key.toUpperCase(), ...(EXTRA[key] ?? [])], t(`action.${action}`));
  }
  line(["1–9"], t("help.reason"));
  $("single-keys").checked = singleKeys();
  $("single-keys").addEventListener("change", (event) => setSingleKeys(event.target.checked));
  themeChoice($("theme"));
  languageChoice($("language"));
}

export const openHelp = () => $("help").showModal();

function line(keys, words) {
  const term = document.createElement("dt");
  for (const key of keys) {
    const shown = document.createElement("kbd");
    shown.textContent = key;
    term.append(shown);
  }
  const meaning = document.createElement("dd");
  meaning.textContent = words;
  $("help-keys").append(term, meaning);
}
