-- Verifies a one-time code: counts the try, and only then compares.
--
-- KEYS  1 the slot: the live code of (identifier, purpose)
--       2… one failure counter per limit, the loud ones first
-- ARGV  1 the request as JSON; times in milliseconds
--
-- Answers {outcome, tries or milliseconds left, whether the code was compared, whose limit stands against it}.
-- The request is `ask`; it, `now` and the counters are those of counting.lua, which stands before this.
local slot = redis.call('HMGET', KEYS[1],
  'id', 'binding', 'mac', 'expires', 'passed_request', 'passed_mac', 'passed_until')
local same = slot[1] == ask.id and slot[2] == ask.binding

-- Whoever passed and did not hear of it comes back with the same request and the same code.
if same and ask.request ~= '' and slot[5] == ask.request and slot[6] == ask.mac and tonumber(slot[7]) > now then
  return {'PASSED', 0, 1, ''}
end

local wait, of, quiet = 0, '', false
for index, limit in ipairs(ask.limits) do
  local n, left = counted(KEYS[1 + index], limit.field)
  if n >= limit.max then
    if limit.quiet then
      quiet = true
    elseif left > wait then
      wait, of = left, limit.of
    end
  end
end
if wait > 0 then return {'LIMIT', whole(wait), 0, of} end

local function failed(quietly)
  for index, limit in ipairs(ask.limits) do
    if quietly or not limit.quiet then count(KEYS[1 + index], limit.field, limit.window) end
  end
end

-- Another challenge, another binding, an expired or used code: nothing to try, nothing of the member's is counted.
if not same or not slot[3] or tonumber(slot[4]) <= now then
  failed(false)
  return {'GONE', 0, 0, ''}
end

local left = ask.tries - redis.call('HINCRBY', KEYS[1], 'tries', 1)
if left >= 0 and not quiet and slot[3] == ask.mac then
  redis.call('HDEL', KEYS[1], 'mac')
  redis.call('HSET', KEYS[1],
    'passed_request', ask.request, 'passed_mac', ask.mac, 'passed_until', whole(now + ask.passed_for))
  return {'PASSED', 0, 1, ''}
end
failed(not quiet)
if left <= 0 then redis.call('HDEL', KEYS[1], 'mac') end
return {'WRONG', math.max(left, 0), (quiet or left < 0) and 0 or 1, ''}
