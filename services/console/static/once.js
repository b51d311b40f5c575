// What is shown this once: a link, a key, codes. It stays until somebody says that they kept it.
import { make } from "./dom.js";
import { t } from "./i18n.js";

/** Shows `values` in `node`, with `text` above them. */
export function showOnce(node, text, values) {
  const shown = values.map((value) => make("code", { className: "secret", text: value }));
  const copy = make("button", { className: "button", type: "button", text: t("once.copy") });
  const done = make("button", { className: "button", type: "button", text: t("once.done") });
  const card = make(
    "div",
    { className: "once", role: "alert" },
    make("p", { text }),
    make("div", { className: "secrets" }, ...shown),
    make("p", { className: "soft", text: t("once.warning") }),
    make("div", { className: "row" }, copy, done),
  );
  copy.addEventListener("click", async () => {
    // Refused by the browser, there is still the text to be marked by hand.
    const copied = await navigator.clipboard?.writeText(values.join("\n")).then(() => true, () => false);
    copy.textContent = t(copied ? "once.copied" : "once.uncopied");
  });
  done.addEventListener("click", () => card.remove());
  node.replaceChildren(card);
  card.scrollIntoView({ block: "nearest" });
}
