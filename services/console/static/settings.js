// What a person chose for this browser.
export const read = (name) => localStorage.getItem(`moderato.${name}`) ?? "";
export const write = (name, value) => localStorage.setItem(`moderato.${name}`, value);

/** Whether a letter alone acts (WCAG 2.1.4 asks that it can be switched off). */
export const singleKeys = () => read("single-keys") !== "off";
export const setSingleKeys = (on) => write("single-keys", on ? "on" : "off");

export const theme = () => read("theme");

/** "light", "dark", or "" for the system's. */
export function setTheme(value) {
  write("theme", value);
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
}
