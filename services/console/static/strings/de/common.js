export default {
  "live.up": "Live",
  "live.away": "Offline",
  "offline":
    "Keine Verbindung. Bis sie wieder da ist, lässt sich nichts speichern; verloren geht nichts.",

  "nav.name": "Seiten",
  "nav.desk": "Moderation",
  "nav.numbers": "Zahlen",
  "nav.audit": "Protokoll",
  "nav.admin": "Verwaltung",
  "nav.account": "Mein Konto",
  "menu.open": "Menü von {name}",
  "menu.logout": "Abmelden",
  "page.skip": "Zum Inhalt springen",
  "page.title": "{page} · Moderato",
  "page.forbidden":
    "Diese Seite braucht mindestens die Rolle {role}. Die Verwaltung kann sie vergeben.",
  "page.failed": "Das hat nicht geklappt: {detail}",
  "page.away":
    "Die Konsole hat nicht geantwortet. Ob es getan wurde, ist ungewiss: vor einem neuen Versuch bitte nachsehen.",
  "problem.conflict": "Der Kommentar hat sich inzwischen geändert.",
  "problem.second-factor-required":
    "Diese Rolle braucht einen zweiten Faktor. Unter „Mein Konto“ lässt er sich einrichten.",
  "problem.forbidden": "Diese Rolle darf das nicht. Die Verwaltung kann sie ändern.",
  "problem.code-wrong":
    "Der Code ist falsch, veraltet oder schon benutzt. Bitte auf den nächsten warten.",
  "problem.code-wanted": "Bitte den Code aus der Authenticator-App oder einen Ersatzcode angeben.",
  "problem.password-wrong": "Das Passwort stimmt nicht.",
  "problem.last-administrator":
    "Das ist das letzte Verwaltungskonto: Zuerst ein anderes dazu machen.",
  "problem.link-gone":
    "Dieser Link ist benutzt, zurückgezogen oder zu alt. Die Verwaltung kann einen neuen ausstellen.",
  "problem.404": "Das gibt es nicht mehr.",
  "problem.409": "Es hat sich inzwischen geändert: vor einem neuen Versuch bitte nachsehen.",
  "problem.429": "Das waren zu viele Versuche. Bitte einige Minuten warten.",
  "problem.500": "Hier ist etwas fehlgeschlagen. Es steht im Protokoll des Betriebs.",
  "problem.password-unfit": "Ein Passwort hat {least} bis {most} Zeichen.",
  "role.moderator": "Moderation",
  "role.editor": "Redaktion",
  "role.administrator": "Verwaltung",

  "notice.close": "Schließen",

  "key.palette": "Strg K",
  "help.theme": "Farben",
  "help.theme.system": "Wie das System",
  "help.theme.light": "Hell",
  "help.theme.dark": "Dunkel",
  "help.language": "Sprache",
  "help.language.browser": "Wie der Browser",
  "help.close": "Schließen",

  "time.now": "jetzt",
  "time.ago": "vor {age}",
  "time.just": "gerade eben",
};
