-- What the bench tells wrk (environment), and what it reads from it: one "name value" a line, since wrk's own summary has
-- no percentiles above 99.
local pipeline = tonumber(os.getenv("FASTSERVE_PIPELINE") or "1")
local body_bytes = tonumber(os.getenv("FASTSERVE_BODY_BYTES") or "0")
wrk.method = os.getenv("FASTSERVE_METHOD") or "GET"
wrk.body = os.getenv("FASTSERVE_BODY") or (body_bytes > 0 and string.rep("x", body_bytes) or nil)

-- Without a function of this name wrk sends the same bytes each time and runs no Lua for it.
if pipeline > 1 then
  local batch
  request = function()
    batch = batch or string.rep(wrk.format(), pipeline)
    return batch
  end
end

function done(summary, latency)
  io.write("fastserve.requests ", summary.requests, "\n")
  io.write("fastserve.duration_us ", summary.duration, "\n")
  for _, percent in ipairs({ 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999 }) do
    io.write("fastserve.latency_us ", percent, " ", latency:percentile(percent), "\n")
  end
  io.write("fastserve.latency_us 0 ", latency.min, "\n")
  io.write("fastserve.latency_us 100 ", latency.max, "\n")
  io.write("fastserve.errors_connect ", summary.errors.connect, "\n")
  io.write("fastserve.errors_closed ", summary.errors.read + summary.errors.write, "\n")
  io.write("fastserve.errors_timeout ", summary.errors.timeout, "\n")
  io.write("fastserve.errors_status ", summary.errors.status, "\n")
end
