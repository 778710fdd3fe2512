-- Counts one try for every key, then says how long the caller must wait: 0 when none of them is closed.
-- A closed key counts nothing, so that waiting helps. The try is counted before anything is compared.
-- KEYS: one hash per limit. ARGV: now (ms), then per key: free tries, first wait (ms), longest wait (ms), memory (ms).
local now = tonumber(ARGV[1])
local wait = 0
for i, key in ipairs(KEYS) do
  local untilMs = tonumber(redis.call('HGET', key, 'until') or '0')
  if untilMs - now > wait then wait = untilMs - now end
end
if wait > 0 then return wait end
for i, key in ipairs(KEYS) do
  local at = 1 + (i - 1) * 4
  local free, first, longest, memory =
    tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  local tries = tonumber(redis.call('HGET', key, 'tries') or '0')
  local last = tonumber(redis.call('HGET', key, 'last') or '0')
  if now - last > memory then tries = 0 end
  tries = tries + 1
  local pause = 0
  if tries >= free then pause = math.min(longest, first * 2 ^ math.min(tries - free, 30)) end
  -- Without a pause the key is open, also to those who looked at the clock before this one and come after it.
  redis.call('HSET', key, 'tries', tries, 'last', now, 'until', pause > 0 and now + pause or 0)
  redis.call('PEXPIRE', key, memory + longest)
end
return 0
