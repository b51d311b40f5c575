// What an administrator sets up: people, sites, keys and webhooks.
import { openPage } from "./page.js";
import { preparePeople } from "./people.js";
import { prepareSites } from "./sites.js";

const who = await openPage("admin", "administrator");
await Promise.all([preparePeople(who), prepareSites()]);
