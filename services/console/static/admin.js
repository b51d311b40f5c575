// What an administrator sets up: people.
import { openPage } from "./page.js";
import { preparePeople } from "./people.js";

const who = await openPage("admin", "administrator");
await preparePeople(who);
