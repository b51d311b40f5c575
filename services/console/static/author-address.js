// Where an author's page is, and where the desk shows a comment of theirs.
import { toAddress, viewOf } from "./view.js";

export const authorPage = (site, id) => `/author?${new URLSearchParams({ site, id })}`;

/** The desk with `item` open, in the queue it is in; "" where it is in none. */
export function deskWith(item) {
  const { site, id, author, state, place, received_at: received, why } = item;
  if (state === "erased") return "";
  const at = (view, score) => `/${toAddress(view, { site, id, cursor: `${score}~${id}` })}`;
  if (state === "pending" || place === "held") return at(viewOf("waiting", site), received);
  if (state === "flagged") {
    return at(viewOf(place, site, { author: author.id, sort: "newest" }), received);
  }
  const actor = why.actor === "policy" ? "policy" : "";
  return at(viewOf(state, site, { actor }), why.at);
}
