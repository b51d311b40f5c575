// German: the same keys as English.
import common from "./de/common.js";
import desk from "./de/desk.js";
import login from "./de/login.js";

export const words = { ...common, ...login, ...desk };
