// What every page but the desk stands in: the bar with the links that a role may follow, the
// person's menu, the line that says when the console is away, and messages.
import * as api from "./api.js";
import { $, make } from "./dom.js";
import { t, translate } from "./i18n.js";
import { links, mayBe, showMenu } from "./menu.js";
import { notify } from "./notices.js";
import { because } from "./problem.js";

const AGAIN = 2_000;

/** Shows the page `name` (as in nav.NAME) to whoever has the role `least`; who is logged in. */
export async function openPage(name, least = "moderator") {
  translate(document.body);
  document.title = t("page.title", { page: t(`nav.${name}`) });
  const who = await reach(api.me);
  showBar(who);
  $("main").hidden = false;
  if (mayBe(who.role, least)) return who;
  $("main").replaceChildren(make("h1", { text: t(`nav.${name}`) }));
  $("main").append(make("p", { text: t("page.forbidden", { role: t(`role.${least}`) }) }));
  return new Promise(() => {}); // The rest of the page's script has nothing to do.
}

/** The answer to `ask`, tried until the console answers. */
export async function reach(ask) {
  for (;;) {
    try {
      const answer = await ask();
      showAway(false);
      return answer;
    } catch (error) {
      if (!(error instanceof api.Away)) throw error;
      showAway(true);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
    }
  }
}

/** Why what was tried last was refused, as shown. */
let refusal;

/** Does what a person tries, with `button` off meanwhile; whether it was done. A refusal is shown
    until something is tried again. */
export function attempt(work, button = null) {
  refusal?.remove();
  return renew(work, button);
}

/** The same for what the page does by itself: an earlier refusal stays in sight. */
export async function renew(work, button = null) {
  if (button) button.disabled = true;
  try {
    await work();
    return true;
  } catch (error) {
    if (!(error instanceof api.Away) && !(error instanceof api.Refused)) throw error;
    refusal = notify(because(error));
    if (error instanceof api.Away) reach(api.me);
    return false;
  } finally {
    if (button) button.disabled = false;
  }
}

function showBar(who) {
  const brand = make("a", { className: "brand", href: "/" });
  const icon = make("img", { src: "/static/icon.svg", alt: "", width: 24, height: 24 });
  brand.append(icon, make("span", { className: "brand-name", text: "Moderato" }));
  const skip = make("a", { className: "skip unseen", href: "#main", text: t("page.skip") });
  const menu = make("div");
  $("bar").replaceChildren(skip, brand, links(who.role), menu);
  showMenu(menu, who, false);
}

function showAway(away) {
  $("offline").hidden = !away;
}
