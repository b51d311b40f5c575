import * as api from "./api.js";
import { $ } from "./dom.js";
import { t, translate } from "./i18n.js";

document.title = t("login.title");
translate(document.body);

$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  $("error").textContent = "";
  try {
    await api.login(form.elements.name.value, form.elements.password.value);
    location.assign(next());
  } catch (error) {
    $("error").textContent = error instanceof api.Away ? t("login.away") : error.message;
    button.disabled = false;
    form.elements.password.select();
  }
});

/** Where somebody wanted to go; only ever a page of this console. */
function next() {
  const wanted = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return wanted.origin === location.origin ? wanted.pathname + wanted.search : "/";
}
