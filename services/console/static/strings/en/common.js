export default {
  "live.up": "Live",
  "live.away": "Offline",
  "offline": "No connection. Decisions cannot be saved until it is back; nothing is lost.",

  "nav.name": "Pages",
  "nav.desk": "Desk",
  "nav.numbers": "Numbers",
  "nav.audit": "Audit log",
  "nav.admin": "Admin",
  "nav.account": "My account",
  "menu.open": "Menu of {name}",
  "menu.logout": "Log out",
  "page.skip": "Skip to the page",
  "page.title": "{page} · Moderato",
  "page.forbidden": "This page is for {role}s and above. Ask an administrator for that role.",
  "page.failed": "That did not work: {detail}",
  "page.away":
    "The console did not answer. Whether it was done is not known: look before you try again.",
  "problem.conflict": "The comment has changed meanwhile.",
  "problem.second-factor-required":
    "Your role needs a second factor. Set one up under “My account”.",
  "problem.forbidden": "Your role may not do this. An administrator can change it.",
  "problem.code-wrong": "The code is wrong, old or used. Wait for the app to show the next.",
  "problem.code-wanted": "Give the code of your authenticator app, or a recovery code.",
  "problem.password-wrong": "The password is wrong.",
  "problem.last-administrator": "That is the last administrator: make another one first.",
  "problem.link-gone":
    "This link was used, withdrawn or is too old. Ask an administrator for a new one.",
  "role.moderator": "moderator",
  "role.editor": "editor",
  "role.administrator": "administrator",

  "notice.close": "Close",

  "help.theme": "Colours",
  "help.theme.system": "As the system",
  "help.theme.light": "Light",
  "help.theme.dark": "Dark",
  "help.language": "Language",
  "help.language.browser": "As the browser",
  "help.close": "Close",

  "time.now": "now",
  "time.ago": "{age} ago",
  "time.just": "just now",
};
