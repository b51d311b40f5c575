// Which comments this reader wrote here lately; how they stand is asked of the server.

const LATEST = 20;

export function mine(article) {
  const key = `mine:${article}`;
  const all = () => JSON.parse(localStorage.getItem(key) ?? "[]");
  const save = (ids) => localStorage.setItem(key, JSON.stringify(ids.slice(-LATEST)));
  return {
    all,
    has: (id) => all().includes(id),
    add: (id) => save([...all().filter((known) => known !== id), id]),
    drop: (id) => save(all().filter((known) => known !== id)),
  };
}
