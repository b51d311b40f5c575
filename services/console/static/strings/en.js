// English: every word of the console, by key. Where a count decides the form, a message is an
// object of the plural categories of Intl.PluralRules. A test holds that both languages have the
// same keys and placeholders.
import account from "./en/account.js";
import admin from "./en/admin.js";
import article from "./en/article.js";
import audit from "./en/audit.js";
import author from "./en/author.js";
import common from "./en/common.js";
import desk from "./en/desk.js";
import login from "./en/login.js";
import numbers from "./en/numbers.js";
import policy from "./en/policy.js";

const pages = { ...account, ...admin, ...article, ...audit, ...author, ...numbers, ...policy };
export const words = { ...common, ...login, ...desk, ...pages };
