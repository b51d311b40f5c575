// Runs before the page is painted, so that a chosen theme does not flash the other one first.
const theme = localStorage.getItem("moderato.theme");
if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
