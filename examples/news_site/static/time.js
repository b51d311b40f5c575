// "3 minutes ago", kept true while the page is open.

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

export function tellTime(element, iso) {
  element.dateTime = iso ?? new Date().toISOString();
  element.title = new Date(element.dateTime).toLocaleString();
  element.textContent = ago(new Date(element.dateTime));
}

function ago(date) {
  const seconds = (date - Date.now()) / 1000;
  const unit = UNITS.find(([, length]) => -seconds >= length);
  return unit ? words.format(Math.round(seconds / unit[1]), unit[0]) : "just now";
}

setInterval(() => {
  for (const element of document.querySelectorAll(".who time[datetime]")) {
    element.textContent = ago(new Date(element.dateTime));
  }
}, 30_000);
