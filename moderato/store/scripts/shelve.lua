#!lua flags=allow-oom
-- Puts a comment among its article's and its author's, in the set of the state it is in, where an
-- older release left it out or somewhere else.
-- KEYS 1-8  the comment's (see prelude), with no author
-- Returns 1, or 0 where there is no such comment
local c = load()
if not c then return 0 end
KEYS[AUTHOR] = KEYS[AUTHOR] .. redis.call('HGET', KEYS[COMMENT], 'author')
articles.mend(c)
authors.mend(c)
return 1
