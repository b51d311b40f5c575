// Which language the page speaks: the person's choice in this browser, else the first that the
// browser asks for and the console has, else English.
export const LANGUAGES = { en: "English", de: "Deutsch" };

const KEY = "moderato.language";

/** "" where nobody chose one. */
export const chosen = () => localStorage.getItem(KEY) ?? "";

export function choose(language) {
  localStorage.setItem(KEY, language);
  location.reload();
}

export const language = [chosen(), ...navigator.languages.map((tag) => tag.split("-")[0])].find(
  (tag) => tag in LANGUAGES,
) ?? "en";
document.documentElement.lang = language;
