dofile(os.getenv("GRANTLINK_BENCH_LOAD") .. "/figures.lua")

-- wrk: requests for link pages, or presses of their button, one token after the other.
-- arguments: file of tokens (32 characters and a newline each), number of the first, GET or POST,
-- how many requests to prepare, how many of them to send in a row (HTTP/1.1 pipelining), and a path in
-- place of the token, if there is one
--
-- All requests are made before the run, because making them costs wrk as much as nginx needs to
-- answer some. Where the path is always the same, the token is in a header: every side has as many
-- different requests, of one length.
local rows, last = {}, 0

function init(args)
    local file = assert(io.open(args[1], "rb"))
    local tokens = file:read("*a")
    file:close()
    local count, first, fixed = #tokens / 33, tonumber(args[2]), args[6]
    local row, pipelined = {}, tonumber(args[5])
    local tail = "\r\nHost: links.example.com\r\nAccept-Language: en-US,en;q=0.9\r\n"
    if args[3] == "POST" then
        tail = tail .. "Origin: https://links.example.com\r\nSec-Fetch-Site: same-origin\r\n"
            .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n"
    end
    local other = string.rep("0", 32)
    for i = 1, math.min(count, tonumber(args[4])) do
        local at = (first + i) % count * 33
        local token = tokens:sub(at + 1, at + 32)
        table.insert(row, args[3] .. " /approve/" .. (fixed or token) .. " HTTP/1.1" .. tail
            .. "Request-Id: " .. (fixed and token or other) .. "\r\n\r\n")
        if #row == pipelined then
            table.insert(rows, table.concat(row))
            row = {}
        end
    end
end

function request()
    last = last % #rows + 1
    return rows[last]
end
