// The link of an invitation: the token stands behind the #, where it reaches no server's log.
import * as api from "./api.js";
import { $ } from "./dom.js";
import { t, translate } from "./i18n.js";
import { because } from "./problem.js";

const token = location.hash.slice(1);
const form = $("invite");

document.title = t("page.title", { page: t("invite.title") });
translate(document.body);
// Another link opened in the same tab changes the hash alone.
addEventListener("hashchange", () => location.reload());

try {
  const { name, role, kind, by } = await api.post("/api/invitation/look", { token });
  $("greeting").textContent = t(`invite.${kind}`, { name, by, role: t(`role.${role}`) });
  form.elements.name.value = name;
  $("fields").hidden = false;
  form.elements.password.focus();
} catch (error) {
  $("error").textContent = because(error);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  event.submitter.disabled = true;
  $("error").textContent = "";
  try {
    const password = form.elements.password.value;
    const { name } = await api.post("/api/invitation/accept", { token, password });
    location.replace(`/login?${new URLSearchParams({ name })}`);
  } catch (error) {
    $("error").textContent = because(error);
    event.submitter.disabled = false;
  }
});
