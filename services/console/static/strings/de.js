// German: the same keys as English.
import account from "./de/account.js";
import admin from "./de/admin.js";
import article from "./de/article.js";
import audit from "./de/audit.js";
import author from "./de/author.js";
import common from "./de/common.js";
import desk from "./de/desk.js";
import login from "./de/login.js";
import numbers from "./de/numbers.js";
import policy from "./de/policy.js";

const pages = { ...account, ...admin, ...article, ...audit, ...author, ...numbers, ...policy };
export const words = { ...common, ...login, ...desk, ...pages };
