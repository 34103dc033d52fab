-- The load of one segment: requests of 10 fields, made beforehand, with hosts, numbers and user agents rotated (identical
-- requests keep every cache warm). At the end one line of JSON. Arguments: seed, enriched (1 or 0), hosts.

local agents = {
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (Linux; Android 13; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0",
  "Dalvik/2.1.0 (Linux; U; Android 12; M2101K6G Build/SKQ1.210908.001)",
  "okhttp/4.12.0",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
}
local requests, count, at = {}, 0, 0

function init(args)
  math.randomseed(tonumber(args[1]))
  local enriched = args[2] == "1"
  local hosts = {}
  for i = 3, #args do hosts[#hosts + 1] = args[i] end
  for i = 1, 1000 do
    local host = hosts[(i - 1) % #hosts + 1]
    local number = string.format("447700900%03d", math.random(0, 999))
    local lines = {
      "GET /page/" .. math.random(1, 999) .. "?a=" .. i .. " HTTP/1.1",
      "Host: " .. host,
      "User-Agent: " .. agents[math.random(#agents)],
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "Accept-Language: en-GB,en;q=0.9",
      "Accept-Encoding: gzip, deflate",
      "Cookie: theme=dark; sid=" .. string.format("%08x%08x", math.random(0, 2 ^ 31 - 1), math.random(0, 2 ^ 31 - 1)),
      "Referer: http://" .. host .. "/",
      "Cache-Control: max-age=0",
    }
    if enriched then
      lines[#lines + 1] = "X-MSISDN: " .. number
      lines[#lines + 1] = "X-Up-Calling-Line-ID: " .. number
    else
      lines[#lines + 1] = "Upgrade-Insecure-Requests: 1"
      lines[#lines + 1] = "X-Requested-With: com.example.app" .. i
    end
    requests[i] = table.concat(lines, "\r\n") .. "\r\n\r\n"
  end
  count = #requests
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
