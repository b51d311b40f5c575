// The form: writing a comment or a reply, and what to do when it cannot be sent.

const form = document.querySelector("#form");
const { text, name, send } = form.elements;
const title = document.querySelector("#form-title");
const replyTo = document.querySelector("#reply-to");
const problem = document.querySelector("#problem");

let parent = null;
// The same comment is sent under the same key however often it is tried; another gets another.
let attempt = { said: "", key: "" };

export function open(submit) {
  form.hidden = false;
  name.value = localStorage.getItem("name") ?? "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    post(submit);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  document.querySelector("#cancel-reply").addEventListener("click", () => reply(null));
}

/** Replies to a comment, or to the article again. */
export function reply(comment) {
  parent = comment?.id ?? null;
  replyTo.hidden = parent === null;
  replyTo.firstElementChild.textContent = comment ? `Replying to ${comment.name}.` : "";
  send.textContent = comment ? "Post reply" : "Post comment";
  if (!comment) return;
  form.scrollIntoView({ block: "center" });
  text.focus({ preventScroll: true });
}

export function invite(isFirst) {
  title.textContent = isFirst ? "Be the first to comment" : "Leave a comment";
}

async function post(submit) {
  const said = JSON.stringify([name.value.trim(), text.value.trim(), parent]);
  if (attempt.said !== said) attempt = { said, key: newKey() };
  send.disabled = true;
  problem.hidden = true;
  try {
    await submit({ name: name.value, text: text.value, parent, key: attempt.key });
    localStorage.setItem("name", name.value.trim());
    attempt = { said: "", key: "" };
    text.value = "";
    reply(null);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
  } finally {
    send.disabled = false;
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
