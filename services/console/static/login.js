import * as api from "./api.js";
import { $ } from "./dom.js";
import { t, translate } from "./i18n.js";

document.title = t("login.title");
translate(document.body);

// Whoever comes from an invitation has chosen the password a moment ago.
$("login").elements.name.value = new URLSearchParams(location.search).get("name") ?? "";

$("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector("button");
  button.disabled = true;
  $("error").textContent = "";
  const { name, password, code } = form.elements;
  try {
    await api.login({ name: name.value, password: password.value, code: code.value });
    location.assign(next());
  } catch (error) {
    button.disabled = false;
    const kind = (error.body?.type ?? "").split(":").at(-1);
    const asked = kind.startsWith("code-");
    $("code").hidden = !asked;
    if (kind !== "code-wanted") $("error").textContent = why(error, kind);
    if (!asked) code.value = "";
    (asked ? code : password).select();
  }
});

function why(error, kind) {
  if (error instanceof api.Away) return t("login.away");
  if (kind === "code-wrong") return t("problem.code-wrong");
  if (error.status === 401) return t("login.wrong");
  if (error.status === 429) return t("login.limited", { count: Math.ceil(error.wait / 60) });
  return error.message;
}

/** Where somebody wanted to go; only ever a page of this console. */
function next() {
  const wanted = new URL(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return wanted.origin === location.origin ? wanted.pathname + wanted.search : "/";
}
