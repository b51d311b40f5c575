// The page of articles: all of a site's, or the one that the address names.
import { showArticle } from "./article-one.js";
import { showArticles } from "./article-list.js";
import { openPage } from "./page.js";

const who = await openPage("article");
const given = new URLSearchParams(location.search);
if (given.get("id") && given.get("site")) await showArticle(who, given.get("site"), given.get("id"));
else await showArticles(who, given);
