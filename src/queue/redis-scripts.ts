// Every change to the queue in Redis: one script each, so that it is made whole or not at all.

export const NOW = `local time = redis.call('TIME') local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

// Returns 1 when added, 0 when the id is remembered, or what happened under another name. From KEYS[8] on come pairs:
// another name as an id, and as another name.
export const ADD = `
if redis.call('EXISTS', KEYS[7]) == 1 then return 0 end
if not redis.call('SET', KEYS[1], '1', 'NX', 'PX', ARGV[4]) then return 0 end
local known = false
for i = 8, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[i]) == 1 then known = true end
  redis.call('SET', KEYS[i + 1], '1', 'PX', ARGV[4])
end
if known then return 0 end
${NOW}
redis.call('SET', KEYS[6], now, 'NX')
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('RPUSH', KEYS[3], ARGV[1])
redis.call('SADD', KEYS[4], ARGV[2])
redis.call('ZADD', KEYS[5], now, ARGV[1])
return 1`;

export const STATE = `
${NOW}
redis.call('SET', KEYS[4], now, 'NX')
return {redis.call('HLEN', KEYS[1]), redis.call('HLEN', KEYS[2]), redis.call('ZRANGE', KEYS[3], 0, 0, 'WITHSCORES')[2] or '', redis.call('GET', KEYS[4]), redis.call('GET', KEYS[5]) or '0'}`;

// Gives up the lock, but only of an empty group: whoever added meanwhile relies on the holder. Returns 1 when given up.
export const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 1 end
if redis.call('LLEN', KEYS[2]) > 0 then return 0 end
redis.call('SREM', KEYS[3], ARGV[2])
redis.call('DEL', KEYS[1])
return 1`;

export const TURN = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

export const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
export const UNLOCK = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

// Takes the first item of a group: returns it and 0. Where who took it before neither ended it nor gave it back, the item
// is not taken, but returned with the number of those that have died at it; it may be taken the next time.
export const TAKE = `
while true do
  local id = redis.call('LINDEX', KEYS[1], 0)
  if not id then return false end
  local held = redis.call('HGET', KEYS[2], id)
  if held then
    local before = redis.call('HGET', KEYS[3], id)
    if before and before ~= ARGV[1] then
      redis.call('HDEL', KEYS[3], id)
      return {held, redis.call('HINCRBY', KEYS[4], id, 1)}
    end
    redis.call('HSET', KEYS[3], id, ARGV[1])
    return {held, 0}
  end
  redis.call('LPOP', KEYS[1])
end`;

/** With the end of the line before it. */
export const PAYLOAD_OF = `
local function payloadOf(held)
  return string.sub(held, (string.find(held, '\\n', 1, true)))
end`;

/** Who was thought dead has no say any more in what somebody else works on; KEYS[1] is what is taken. */
export const MINE = `
local taker = redis.call('HGET', KEYS[1], ARGV[1])
if taker and taker ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])`;

// Leaves the item at the head of its group, with ARGV[3] as the line before its payload where that is given.
export const GIVE_BACK = `${PAYLOAD_OF}${MINE}
local held = redis.call('HGET', KEYS[2], ARGV[1])
if not held then return 0 end
if ARGV[3] then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. payloadOf(held))
end
return 1`;

// Also by who was thought dead: what is done is done.
export const DONE = `
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('LREM', KEYS[1], 1, ARGV[1])
redis.call('HDEL', KEYS[4], ARGV[1])
redis.call('HDEL', KEYS[5], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])`;
