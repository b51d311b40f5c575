export default {
  "login.subtitle": "The moderators' desk",
  "login.name": "Name",
  "login.password": "Password",
  "login.submit": "Log in",
  "login.away": "The console does not answer. Try again in a moment.",
  "login.wrong": "The name or the password is wrong.",
  "login.limited": {
    one: "There were too many attempts. Try again in a minute.",
    other: "There were too many attempts. Try again in {count} minutes.",
  },
  "login.title": "Log in · Moderato",
};
