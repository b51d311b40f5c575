// The site's own server; the browser never talks to Moderato, nor knows its key.

export async function thread(article, cursor) {
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : "";
  return ask(`/articles/${article}/comments${query}`);
}

export function post(article, comment) {
  return ask(`/articles/${article}/comments`, comment);
}

export function own(id) {
  return ask(`/comments/${id}`);
}

export function report(id) {
  return ask(`/comments/${id}/report`, {});
}

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Error("You seem to be offline. Your text is still here: try again.");
  }
  if (!response.ok) {
    throw Object.assign(new Error(await response.text()), { status: response.status });
  }
  return response.status === 204 ? null : response.json();
}
