// Hears of changes as they happen, and tells whether the connection stands.
const SILENCE = 15_000; // The server beats every 5 s.
const RETRY = 2_000;

/** `on.change`, `on.lease`, `on.bulk`, `on.author` and `on.article` get what is told, `on.reset()`
    says that some of it was missed, `on.beat()` is each sign of life, `on.away()` that there is
    none. All may be left out. */
export function listen(on) {
  let source;
  let watchdog;
  let last = "";

  function connect() {
    // The browser resumes a stream by itself; one that is opened anew has to say from where.
    source = new EventSource(`/api/events${last && `?${new URLSearchParams({ since: last })}`}`);
    source.addEventListener("beat", alive);
    for (const name of ["change", "lease", "bulk", "author", "article", "reset"]) {
      source.addEventListener(name, (event) => {
        alive(event);
        on[name]?.(JSON.parse(event.data));
      });
    }
    source.addEventListener("error", () => {
      on.away?.();
      if (source.readyState === EventSource.CLOSED) lost();
    });
  }

  function alive(event) {
    last = event.lastEventId || last;
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, SILENCE);
    on.beat?.();
  }

  function lost() {
    clearTimeout(watchdog);
    source.close();
    on.away?.();
    setTimeout(connect, RETRY);
  }

  connect();
}
