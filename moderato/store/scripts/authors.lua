-- What is kept about the author of a comment, beside KEYS[AUTHOR] and in its slot.
--
-- author            hash: approved, rejected, received, reports, rulings (how many), ruling (JSON
--                   of the last)
-- author-comments   for each state a sorted set of the author's comments by the time of receipt;
--                   each comment is in that of its state

function authors.comments(state)
  local head, tail = string.match(KEYS[AUTHOR], '^(.-)author:(.*)$')
  return head .. 'author-comments:' .. state .. ':' .. tail
end

-- Puts a comment into its author's set of the state it is in, and into no other.
function authors.mend(c)
  for _, state in ipairs(STATES) do
    if state ~= c.state then redis.call('ZREM', authors.comments(state), c.id) end
  end
  redis.call('ZADD', authors.comments(c.state), c.received_at, c.id)
end

-- The standing that holds now, and the JSON of the ruling; 'none' where nobody ruled.
function authors.standing(now)
  local raw = redis.call('HGET', KEYS[AUTHOR], 'ruling')
  if not raw then return 'none', nil end
  local ruling = cjson.decode(raw)
  local ends = tonumber(ruling['until'])
  if ends and ends <= now then return 'none', raw end
  return ruling['standing'], raw
end

-- Which ruling about the author is the last; 0 where there is none.
function authors.version()
  return tonumber(redis.call('HGET', KEYS[AUTHOR], 'rulings') or 0)
end
