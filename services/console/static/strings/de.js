// German: the same keys as English.
import account from "./de/account.js";
import admin from "./de/admin.js";
import audit from "./de/audit.js";
import common from "./de/common.js";
import desk from "./de/desk.js";
import login from "./de/login.js";
import policy from "./de/policy.js";

export const words = { ...common, ...login, ...desk, ...account, ...admin, ...audit, ...policy };
