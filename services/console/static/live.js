// Hears of changes as they happen, and tells whether the connection stands.
const SILENCE = 15_000; // The server beats every 5 s.
const RETRY = 2_000;

/** `on.change(change)`, `on.up()` after each connect, `on.away()` when it is lost. */
export function listen(on) {
  let source;
  let watchdog;
  let up = false;

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
    if (up) return;
    up = true;
    on.up();
  }

  function lost() {
    clearTimeout(watchdog);
    source.close();
    up = false;
    on.away();
    setTimeout(connect, RETRY);
  }

  connect();
}
