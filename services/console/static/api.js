// The console's API. Who has no session goes to the login page.
let csrf = "";

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
  csrf = who.csrf;
  return who;
}

export const login = (name, password) => send("POST", "/api/login", { name, password });
export const logout = () => send("POST", "/api/logout");
export const reasons = async () => (await send("GET", "/api/reasons")).reasons;
export const comment = (item) => send("GET", path(item));
export const get = (url) => send("GET", url);
export const post = (url, body = {}) => change(url, body);
export const decide = (item, body) => change(`${path(item)}/decision`, body);
export const undo = (item, version) => change(`${path(item)}/undo`, { version });

export function queue(query) {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  return send("GET", `/api/queue?${new URLSearchParams(given)}`);
}

const path = (item) =>
  `/api/comments/${encodeURIComponent(item.site)}/${encodeURIComponent(item.id)}`;

async function change(url, body) {
  try {
    return await send("POST", url, body);
  } catch (error) {
    if (error.status !== 403) throw error;
    // Logged in anew in another tab, the session has another token.
    await me();
    return send("POST", url, body);
  }
}

async function send(method, url, body) {
  const headers = {};
  if (method !== "GET") headers["X-CSRF-Token"] = csrf;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    const signal = AbortSignal.timeout(15_000);
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), signal });
    if (answer.ok) return answer.status === 204 ? null : await answer.json();
  } catch {
    throw new Away();
  }
  if ([502, 503, 504].includes(answer.status)) throw new Away();
  if (answer.status === 401 && url !== "/api/login") {
    const here = encodeURIComponent(location.pathname + location.search);
    location.assign(`/login?next=${here}`);
    return new Promise(() => {}); // The page is on its way out: nobody waits for this any more.
  }
  const wait = Number(answer.headers.get("Retry-After") ?? 0);
  throw new Refused(answer.status, await answer.json().catch(() => ({})), wait);
}
