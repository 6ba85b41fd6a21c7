-- The end of each wrk script: what was measured, in one line for Grantlink::Bench::Load.
local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function done(summary, latency)
    local e = summary.errors
    local figures = {
        requests = summary.requests, microseconds = summary.duration, bytes = summary.bytes,
        status_errors = e.status, socket_errors = e.connect + e.read + e.write + e.timeout,
        p50 = latency:percentile(50), p99 = latency:percentile(99), slowest = latency.max,
    }
    for _, name in ipairs({ "recorded", "other", "sent" }) do
        figures[name] = threads[1]:get(name)
    end
    io.write("figures")
    for name, value in pairs(figures) do
        io.write(string.format(" %s=%.0f", name, value))
    end
    io.write("\n")
end
