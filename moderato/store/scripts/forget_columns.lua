#!lua flags=allow-oom
-- Forgets the columns of a queue; whoever reads them next fills them again.
-- KEYS 1 queue: the sorted set, and its parts lie beside it
-- Returns nothing
columns.forget(KEYS[1])
