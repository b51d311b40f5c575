// Hears of changes as they happen, and tells whether the connection stands.
const SILENCE = 15_000; // The server beats every 5 s.
const RETRY = 2_000;

/** `on.change(change)`, `on.beat()` at each sign of life, `on.away()` when there is none. */
export function listen(on) {
  let source;
  let watchdog;

  function connect() {
    source = new EventSource("/api/events");
    source.addEventListener("beat", alive);
    source.addEventListener("change", (event) => {
      alive();
      on.change(JSON.parse(event.data));
    });
    source.addEventListener("error", lost);
  }

  function alive() {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, SILENCE);
    on.beat();
  }

  function lost() {
    clearTimeout(watchdog);
    source.close();
    on.away();
    setTimeout(connect, RETRY);
  }

  connect();
}
