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
  "problem.forbidden": "Diese Rolle darf das nicht. Die Verwaltung kann sie ändern.",
  "role.moderator": "Moderation",
  "role.editor": "Redaktion",
  "role.administrator": "Verwaltung",

  "notice.close": "Schließen",

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
