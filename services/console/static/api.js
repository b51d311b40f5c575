// The console's API. Who has no session goes to the login page.
let csrf = "";
/** Who logs out does not want to be led back to where that was. */
let loggingOut = false;
addEventListener("pageshow", () => (loggingOut = false));

/** The server refused; `body` is its problem document, `wait` the seconds it asks for. */
export class Refused extends Error {
  constructor(status, body, wait) {
    super(body.detail ?? `HTTP ${status}`);
    this.status = status;
    this.body = body;
    this.wait = wait;
  }
}

/** No answer, or one that says that the service is away: whether it was done is unknown. */
export class Away extends Error {}

export async function me() {
  const who = await send("GET", "/api/me");
  return who.second_factor_required ? setUpFirst(who) : who;
}

export const login = (form) => send("POST", "/api/login", form);
export const comment = (item) => send("GET", path(item));
export const similar = (item) => send("GET", `${path(item)}/similar`);
export const get = (url) => send("GET", url);
export const post = (url, body = {}) => change(url, body);
export const remove = (url) => change(url, undefined, "DELETE");
export const decide = (item, body) => change(`${path(item)}/decision`, body);
export const undo = (item, version) => change(`${path(item)}/undo`, { version });
/** `step` is "escalate", "hold" or "return". */
export const move = (item, step, body) => change(`${path(item)}/${step}`, body);
export const lease = (item) => change(`${path(item)}/lease`);

/** Ends this session, or by another `url` all of this person's, and goes to the login. */
export async function logout(url = "/api/logout") {
  loggingOut = true;
  try {
    await change(url);
  } catch (error) {
    loggingOut = false;
    throw error;
  }
  location.assign("/login");
}

/** Leaves a comment; sent also where the page is on its way out. */
export function unlease(item) {
  const headers = { "X-CSRF-Token": csrf };
  fetch(`${path(item)}/lease`, { method: "DELETE", headers, keepalive: true }).catch(() => {});
}

const path = (item) =>
  `/api/comments/${encodeURIComponent(item.site)}/${encodeURIComponent(item.id)}`;

async function change(url, body, method = "POST") {
  try {
    return await send(method, url, body);
  } catch (error) {
    // A problem with a name is about who asks, not about the token.
    if (error.status !== 403 || error.body.type?.startsWith("urn:")) throw error;
    // Logged in anew in another tab, the session has another token.
    await me();
    return send(method, url, body);
  }
}

async function send(method, url, body) {
  const headers = {};
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    const signal = AbortSignal.timeout(15_000);
    // A change that is on its way arrives, also if the page is closed now.
    const keepalive = method !== "GET";
    const sent = body && JSON.stringify(body);
    answer = await fetch(url, { method, headers, body: sent, signal, keepalive });
    if (answer.ok) {
      const read = answer.status === 204 ? null : await answer.json();
      csrf = read?.csrf ?? csrf;
      return read;
    }
  } catch {
    throw new Away();
  }
  if ([502, 503, 504].includes(answer.status)) throw new Away();
  if (answer.status === 401 && url !== "/api/login") {
    const here = encodeURIComponent(location.pathname + location.search);
    return leave(loggingOut ? "/login" : `/login?next=${here}`);
  }
  const wait = Number(answer.headers.get("Retry-After") ?? 0);
  const problem = await answer.json().catch(() => ({}));
  if (problem.type?.endsWith(":second-factor-required")) await setUpFirst();
  throw new Refused(answer.status, problem, wait);
}

/** Goes where the second factor is set up, or gives `value` back to who is there already. */
function setUpFirst(value) {
  return location.pathname === "/account" ? value : leave("/account");
}

/** Goes to another page: what waits for an answer here waits for ever. */
function leave(where) {
  location.assign(where);
  return new Promise(() => {});
}
