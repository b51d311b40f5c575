// Why the console refused something, in the page's language.
import * as api from "./api.js";
import { has, t } from "./i18n.js";

/** The sentence for an error of the API: in words of its own for that problem or for its status,
    else as the server put it, which is English. */
export function because(error) {
  if (error instanceof api.Away) return t("page.away");
  const name = (error.body.type ?? "").split(":").at(-1);
  const key = [name, error.status].map((one) => `problem.${one}`).find(has);
  return key ? t(key, error.body) : t("page.failed", { detail: error.message });
}
