-- What the scripts begin with: the request, the time, and counters that each run for a window.
local ask = cjson.decode(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + ask.clock_offset

local function whole(number) return string.format('%.0f', number) end

-- How many are counted in the window that runs, and how long it still runs.
local function counted(key, field)
  local found = redis.call('HMGET', key, field, field .. '_until')
  local till = tonumber(found[2] or 0)
  if till <= now then return 0, 0 end
  return tonumber(found[1]), till - now
end

local function count(key, field, window)
  if counted(key, field) == 0 then
    redis.call('HSET', key, field, 1, field .. '_until', whole(now + window))
  else
    redis.call('HINCRBY', key, field, 1)
  end
  if redis.call('PTTL', key) < window then redis.call('PEXPIRE', key, window) end
end
