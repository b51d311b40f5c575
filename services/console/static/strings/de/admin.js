export default {
  "people.title": "Personen",
  "people.name": "Name",
  "people.role": "Rolle",
  "people.role.of": "Rolle von {name}",
  "people.role.ask": "Soll {name} die Rolle {role} bekommen? Das gilt sofort.",
  "people.role.change": "Rolle ändern",
  "people.factor": "Zweiter Faktor",
  "people.factor.on": "An",
  "people.factor.off": "Aus",
  "people.since": "Seit",
  "people.acts": "Aktionen",
  "people.you": "eigenes Konto",
  "people.invite": "Einladen",
  "people.invited": "Eingeladen bis",
  "people.invited-by": "Von {by}",
  "people.link": "Link gilt bis",
  "people.link.invite":
    "Dieser Link ist für {name}. Er gilt einmal; eine neue Einladung macht ihn ungültig.",
  "people.link.reset":
    "Dieser Link ist für {name}; das alte Passwort ist ungültig. Er gilt einmal.",
  "people.reset": "Passwort zurücksetzen",
  "people.reset.ask":
    "Das Passwort von {name} ungültig machen und alle Anmeldungen beenden? Für ein neues gibt es einen Link.",
  "people.factor.reset": "Zweiten Faktor zurücksetzen",
  "people.factor.reset.ask":
    "Den zweiten Faktor von {name} ausschalten und alle Anmeldungen beenden? Vorher sicherstellen, wer darum bittet.",
  "people.withdraw": "Link zurückziehen",
  "people.remove": "Entfernen",
  "people.remove.ask":
    "Das Konto {name} entfernen und alle Anmeldungen beenden? Getroffene Entscheidungen bleiben.",
};
