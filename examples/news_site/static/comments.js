// The comments of an article: loaded once, then kept up to date by the server's events.

import * as api from "./api.js";
import * as form from "./form.js";
import * as thread from "./thread.js";
import { mine } from "./mine.js";

const section = document.querySelector("#comments");
const heading = document.querySelector("#comments-title");
const notice = document.querySelector("#notice");
const more = document.querySelector("#more");
const article = section.dataset.article;
const own = mine(article);
let cursor = null;
let isLoaded = false;

/** Whatever happened while the stream was away is in the thread. */
async function load() {
  const seen = new Set();
  try {
    const page = await api.thread(article);
    for (const comment of page.comments) seen.add(comment.id);
    if (!page.next_cursor) thread.publicIds().filter((id) => !seen.has(id)).forEach(thread.remove);
    showPage(page);
    isLoaded = true;
    await Promise.all(own.all().map(refresh));
  } catch {
    notice.textContent = "The comments are away for a moment.";
  }
}

function showPage(page) {
  for (const comment of page.comments) thread.show(comment);
  cursor = page.next_cursor;
  more.hidden = cursor === null;
  count();
}

/** Asks where the reader's own comment stands. */
async function refresh(id) {
  try {
    const comment = await api.own(id);
    own.add(id);
    if (!comment.released) thread.showOwn(comment);
  } catch (error) {
    if (error.status === 404) forget(id);
  }
}

function forget(id) {
  own.drop(id);
  thread.dropOwn(id);
}

function count() {
  const number = thread.publicIds().length;
  const plus = cursor ? "+" : "";
  heading.textContent = number === 0 ? "Comments" : `${number}${plus} comment${number === 1 ? "" : "s"}`;
  notice.textContent = number === 0 ? "Nobody has commented yet." : "";
  form.invite(number === 0);
}

async function submit(comment) {
  const posted = await api.post(article, comment);
  own.add(posted.id);
  if (posted.released) thread.show(posted, { fresh: true });
  else thread.showOwn(posted);
  count();
}

const stream = new EventSource(`/articles/${article}/events`);
const on = (kind, act) => stream.addEventListener(kind, (event) => act(JSON.parse(event.data)));
// The stream first, then the thread: nothing falls in between.
stream.addEventListener("open", load);
stream.addEventListener("error", () => isLoaded || load());
on("released", (comment) => {
  thread.show(comment, { fresh: true });
  count();
});
on("removed", ({ id }) => {
  thread.remove(id);
  count();
});
on("standing", ({ id }) => refresh(id));

more.addEventListener("click", async () => showPage(await api.thread(article, cursor)));

section.addEventListener("click", async ({ target }) => {
  const item = target.closest("li.comment");
  if (!item) return;
  const id = item.dataset.id;
  if (target.matches(".reply")) form.reply({ id, name: thread.nameOf(id) });
  if (target.matches(".dismiss")) forget(id);
  if (target.matches(".report")) {
    target.disabled = true;
    target.textContent = await api.report(id).then(
      () => "Reported. A moderator will look.",
      (error) => error.message,
    );
  }
});

form.open(submit);
