export default {
  "account.lead": "Angemeldet als {name}, Rolle: {role}.",
  "account.password": "Eigenes Passwort",

  "factor.title": "Zweiter Faktor",
  "factor.on": "An",
  "factor.is-off": "Aus",
  "factor.on.text": {
    one: "Beim Anmelden ist ein Code aus der Authenticator-App nötig. {count} Ersatzcode ist übrig.",
    other:
      "Beim Anmelden ist ein Code aus der Authenticator-App nötig. {count} Ersatzcodes sind übrig.",
  },
  "factor.off.text":
    "Damit verlangt die Anmeldung auch einen Code vom Telefon: Ein gestohlenes Passwort allein genügt dann nicht.",
  "factor.needed":
    "Diese Rolle braucht einen zweiten Faktor. Alles andere wartet, bis er eingerichtet ist.",
  "factor.begin": "Einrichten",
  "factor.qr": "QR-Code des Geheimnisses",
  "factor.scan":
    "Mit der Authenticator-App scannen oder das Geheimnis eintippen. Dann den Code angeben, den sie zeigt.",
  "factor.code": "Code der App",
  "factor.code.any": "Code der App oder ein Ersatzcode",
  "factor.confirm": "Einschalten",
  "factor.off": "Ausschalten",
  "factor.codes.new": "Neue Ersatzcodes",
  "factor.codes.text":
    "Ersatzcodes für den Tag, an dem das Telefon verloren geht. Jeder gilt einmal, anstelle des Codes der App.",

  "password.title": "Passwort",
  "password.text": "Mindestens 12 Zeichen. Alle anderen eigenen Anmeldungen enden.",
  "password.old": "Bisheriges Passwort",
  "password.new": "Neues Passwort",
  "password.change": "Ändern",
  "password.changed": "Geändert",

  "sessions.title": "Eigene Anmeldungen",
  "sessions.everywhere": "Überall abmelden",
  "sessions.seen": "Zuletzt benutzt",
  "sessions.began": "Angemeldet",
  "sessions.address": "Adresse",
  "sessions.agent": "Browser",
  "sessions.end": "Abmelden",
  "sessions.here": "Diese hier",
  "sessions.unknown": "Unbekannt",

  "invite.title": "Passwort wählen",
  "invite.invite": "{by} hat {name} eingeladen, Rolle: {role}. Jetzt ein Passwort wählen.",
  "invite.reset": "{by} hat das Passwort von {name} zurückgesetzt. Jetzt ein neues wählen.",
  "invite.password": "Neues Passwort",
  "invite.hint": "Mindestens 12 Zeichen; gut sind einige Wörter ohne Zusammenhang.",
  "invite.submit": "Speichern und anmelden",

  "once.copy": "Kopieren",
  "once.copied": "Kopiert",
  "once.uncopied": "Nicht kopiert: bitte von Hand markieren",
  "once.done": "Ist aufbewahrt",
  "once.warning": "Das wird nur einmal gezeigt und ist danach nicht mehr lesbar.",
  "ask.no": "Abbrechen",
};
