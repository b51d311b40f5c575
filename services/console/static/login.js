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
    $("error").textContent = why(error);
    button.disabled = false;
    form.elements.password.select();
  }
});

function why(error) {
  if (error instanceof api.Away) return t("login.away");
  if (error.status === 401) return t("login.wrong");
  if (error.status === 429) return t("login.limited", { count: Math.ceil(error.wait / 60) });
  return error.message;
}

/** Where somebody wanted to go; only ever a page of this console. */
function next() {
  const wanted = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return wanted.origin === location.origin ? wanted.pathname + wanted.search : "/";
}
