export default {
  "account.lead": "You are {name}, with the role {role}.",
  "account.password": "Your password",

  "factor.title": "Second factor",
  "factor.on": "On",
  "factor.is-off": "Off",
  "factor.on.text": {
    one: "A login asks for a code of your authenticator app. {count} recovery code is left.",
    other: "A login asks for a code of your authenticator app. {count} recovery codes are left.",
  },
  "factor.off.text":
    "With it, a login also asks for a code of an app on your phone, so that a stolen password is not enough.",
  "factor.needed":
    "Your role needs a second factor. Set it up now; everything else waits until it is on.",
  "factor.begin": "Set up",
  "factor.qr": "QR code of the secret",
  "factor.scan":
    "Scan this with your authenticator app, or type the secret in. Then give the code it shows.",
  "factor.code": "Code of the app",
  "factor.code.any": "Code of the app, or a recovery code",
  "factor.confirm": "Turn on",
  "factor.off": "Turn off",
  "factor.codes.new": "New recovery codes",
  "factor.codes.text":
    "Recovery codes, for the day your phone is lost. Each works once, in place of the app's code.",

  "password.title": "Password",
  "password.text": "At least 12 characters. Every other login of yours ends.",
  "password.old": "Password so far",
  "password.new": "New password",
  "password.change": "Change",
  "password.changed": "Changed",

  "sessions.title": "Where you are logged in",
  "sessions.everywhere": "Sign out everywhere",
  "sessions.seen": "Last used",
  "sessions.began": "Logged in",
  "sessions.address": "Address",
  "sessions.agent": "Browser",
  "sessions.end": "Sign out",
  "sessions.here": "This one",
  "sessions.unknown": "Unknown",

  "invite.title": "Choose a password",
  "invite.invite": "{by} invited you as {name}, with the role {role}. Choose a password.",
  "invite.reset": "{by} reset the password of {name}. Choose a new one.",
  "invite.password": "New password",
  "invite.hint": "At least 12 characters; a few unrelated words are good.",
  "invite.submit": "Save and log in",

  "once.copy": "Copy",
  "once.copied": "Copied",
  "once.uncopied": "Not copied: mark it by hand",
  "once.done": "I have kept it",
  "once.warning": "This is shown once and cannot be read again.",
  "ask.no": "Cancel",
};
