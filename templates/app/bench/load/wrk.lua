-- Prints what the bench reads from wrk, one "name value" a line, since wrk's own summary has no p99.9.
function done(summary, latency)
  io.write("fastserve.requests ", summary.requests, "\n")
  io.write("fastserve.duration_us ", summary.duration, "\n")
  io.write("fastserve.p50_us ", latency:percentile(50), "\n")
  io.write("fastserve.p99_us ", latency:percentile(99), "\n")
  io.write("fastserve.p999_us ", latency:percentile(99.9), "\n")
  io.write("fastserve.errors_connect ", summary.errors.connect, "\n")
  io.write("fastserve.errors_closed ", summary.errors.read + summary.errors.write, "\n")
  io.write("fastserve.errors_timeout ", summary.errors.timeout, "\n")
  io.write("fastserve.errors_status ", summary.errors.status, "\n")
end
