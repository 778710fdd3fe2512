-- Issues a one-time code. Every limit is looked at before anything is counted, and the old code dies.
--
-- KEYS  1 the slot: the live code of (identifier, purpose)
--       2 the slot's sendings
--       3… one counter per limit, the loud ones first
-- ARGV  1 the request as JSON; times in milliseconds
--
-- A loud limit is refused; its keys depend on what was asked and by whom only, so that it tells nothing about
-- who is known. Beyond a quiet limit the answer is as always, but no code exists and none may be sent.
-- The request is `ask`; it, `now` and the counters are those of counting.lua, which stands before this.
local slot = redis.call('HMGET', KEYS[1], 'id', 'request', 'binding', 'expires', 'resend')

-- The same request again: the same answer, and nothing is sent.
if ask.request ~= '' and slot[2] == ask.request then
  return {'REPLAYED', slot[1], tonumber(slot[4]), tonumber(slot[5]), ''}
end
-- A challenge bound to another facility, person, purpose or day is not found.
if ask.resend and slot[1] == ask.id and slot[3] ~= ask.binding then
  return {'FOREIGN', ask.id, 0, 0, ''}
end

local cooling = tonumber(redis.call('HGET', KEYS[2], 'cooldown') or 0) - now
if cooling > 0 then return {'COOLDOWN', ask.id, whole(cooling), 0, ''} end

local wait, of = 0, ''
-- The limit that stands against it the longest is the one that is told.
local function reached(limit, left)
  if left > wait then wait, of = left, limit.of end
end
for _, limit in ipairs(ask.sendings) do
  local n, left = counted(KEYS[2], limit.field)
  if n >= limit.max then reached(limit, left) end
end
local quiet = false
for index, limit in ipairs(ask.limits) do
  local n, left = counted(KEYS[2 + index], limit.field)
  if n >= limit.max then
    if limit.quiet then quiet = true else reached(limit, left) end
  end
end
if wait > 0 then return {'LIMIT', ask.id, whole(wait), 0, of} end

for _, limit in ipairs(ask.sendings) do count(KEYS[2], limit.field, limit.window) end
for index, limit in ipairs(ask.limits) do
  if not (quiet and limit.quiet) then count(KEYS[2 + index], limit.field, limit.window) end
end
redis.call('HSET', KEYS[2], 'cooldown', whole(now + ask.cooldown))

local expires, resend = now + ask.valid, now + ask.cooldown
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1],
  'id', ask.id, 'request', ask.request, 'binding', ask.binding, 'subject', ask.subject,
  'member', ask.member, 'payer', ask.payer, 'sent_to', ask.sent_to, 'tries', 0, 'mac', quiet and ask.nobodys_mac or ask.mac,
  'expires', whole(expires), 'resend', whole(resend))
-- The slot outlives the code, so that a resend knows its challenge.
redis.call('PEXPIRE', KEYS[1], ask.kept)
return {quiet and 'QUIET' or 'ISSUED', ask.id, whole(expires), whole(resend), ''}
