// The menu behind a person's name: where they may go, how this browser looks, the way out.
import * as api from "./api.js";
import { t } from "./i18n.js";
import { languageChoice, themeChoice } from "./preferences.js";

const ROLES = ["moderator", "editor", "administrator"];
/** The pages in their order, with the least role that may open each. */
const PAGES = [
  ["/", "desk", "moderator"],
  ["/article", "article", "moderator"],
  ["/numbers", "numbers", "moderator"],
  ["/audit", "audit", "moderator"],
  ["/admin", "admin", "administrator"],
  ["/account", "account", "moderator"],
];

export const mayBe = (role, least) => ROLES.indexOf(role) >= ROLES.indexOf(least);

/** A <nav> of the pages that `role` may open. */
export function links(role) {
  const nav = document.createElement("nav");
  nav.className = "pages";
  nav.setAttribute("aria-label", t("nav.name"));
  for (const [path, name, least] of PAGES) {
    if (!mayBe(role, least)) continue;
    const link = document.createElement("a");
    link.href = path;
    link.textContent = t(`nav.${name}`);
    if (location.pathname === path) link.setAttribute("aria-current", "page");
    nav.append(link);
  }
  return nav;
}

/** Puts the menu of `who` into `node`, with the pages where they stand nowhere else. */
export function showMenu(node, who, withPages) {
  const button = document.createElement("button");
  button.className = "button quiet menu-button";
  button.popoverTargetElement = panel(node, who, withPages);
  button.setAttribute("aria-label", t("menu.open", { name: who.name }));
  const name = document.createElement("bdi");
  name.textContent = who.name;
  button.append(name);
  node.classList.add("menu");
  node.prepend(button);
}

function panel(node, who, withPages) {
  const menu = document.createElement("div");
  menu.className = "menu-panel";
  menu.popover = "auto";
  if (withPages) menu.append(links(who.role));
  menu.append(setting("help.theme", themeChoice), setting("help.language", languageChoice));
  const out = document.createElement("button");
  out.className = "button";
  out.textContent = t("menu.logout");
  out.addEventListener("click", () => api.logout());
  menu.append(out);
  node.append(menu);
  return menu;
}

function setting(key, choice) {
  const label = document.createElement("label");
  label.className = "setting";
  const words = document.createElement("span");
  words.textContent = t(key);
  const select = document.createElement("select");
  select.className = "choice";
  choice(select);
  label.append(words, select);
  return label;
}
