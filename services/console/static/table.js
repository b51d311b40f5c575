// Rows of a table that becomes cards on a narrow screen: each cell knows its column's name.
import { make } from "./dom.js";
import { t } from "./i18n.js";

/** A row; `columns` are keys of words, each of `contents` a list of nodes and strings. The last
 *  column holds the buttons. */
export function cells(columns, ...contents) {
  const nodes = contents.map((content, index) => {
    const cell = make("td", {}, ...content);
    cell.dataset.name = t(columns[index]);
    return cell;
  });
  if (columns.at(-1) === "people.acts") nodes.at(-1).className = "acts";
  return make("tr", {}, ...nodes);
}

/** The <thead> of those columns; that of the buttons is for screen readers alone. */
export function head(columns) {
  const names = columns.map((key) => {
    const words = make("span", { className: key === "people.acts" ? "unseen" : "", text: t(key) });
    return make("th", { scope: "col" }, words);
  });
  return make("thead", {}, make("tr", {}, ...names));
}
