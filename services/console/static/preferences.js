// The two choices about this browser that every page offers.
import { t } from "./i18n.js";
import { LANGUAGES, choose, chosen } from "./language.js";
import { setTheme, theme } from "./settings.js";

/** Makes `select` choose the colours. */
export function themeChoice(select) {
  for (const name of ["", "light", "dark"]) {
    select.append(new Option(t(`help.theme.${name || "system"}`), name));
  }
  select.value = theme();
  select.addEventListener("change", () => setTheme(select.value));
}

/** Makes `select` choose the language; the page is loaded anew in it. */
export function languageChoice(select) {
  select.append(new Option(t("help.language.browser"), ""));
  for (const [tag, name] of Object.entries(LANGUAGES)) {
    const option = new Option(name, tag);
    option.lang = tag;
    select.append(option);
  }
  select.value = chosen();
  select.addEventListener("change", () => choose(select.value));
}
