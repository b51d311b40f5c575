// Which actions a comment and a role allow; the server has the last word.
import { mayBe } from "./menu.js";

const APPROVABLE = ["pending", "flagged", "rejected"];
const KEPT = ["approved", "rejected"];
const REJECTABLE = ["pending", "flagged", "approved"];

/** What `action` ("approve", "reject") means for `item`: what is so already, and was reported, is
    kept. */
export function toDecide({ state, reports }, action) {
  const already = { approve: "approved", reject: "rejected" }[action];
  return state === already && reports > 0 ? "keep" : action;
}

/** A function of (item, action) for `who` is logged in. */
export function rightsOf(who) {
  const editor = mayBe(who.role, "editor");
  const rights = {
    approve: (item) => APPROVABLE.includes(item.state) && decides(item),
    reject: (item) => REJECTABLE.includes(item.state) && decides(item),
    keep: (item) => KEPT.includes(item.state) && item.reports > 0,
    escalate: (item) => item.state === "flagged" && item.place !== "escalated",
    hold: (item) => item.state === "flagged" && item.place === "flagged",
    return: (item) => ["escalated", "held"].includes(item.place) && (decides(item) || mine(item)),
    retry: (item) => Boolean(item.letter) && editor && item.state === "flagged",
  };
  const decides = (item) => item.place !== "escalated" || editor;
  const mine = (item) => item.why?.step === "escalate" && item.why.by === who.name;
  return (item, action) => Boolean(item && !item.gone && rights[action](item));
}
