export default {
  "login.subtitle": "Kommentare moderieren",
  "login.name": "Name",
  "login.password": "Passwort",
  "login.submit": "Anmelden",
  "login.away": "Die Konsole antwortet nicht. Bitte gleich noch einmal versuchen.",
  "login.wrong": "Name oder Passwort stimmt nicht.",
  "login.limited": {
    one: "Das waren zu viele Versuche. In einer Minute geht es weiter.",
    other: "Das waren zu viele Versuche. In {count} Minuten geht es weiter.",
  },
  "login.title": "Anmelden · Moderato",
};
