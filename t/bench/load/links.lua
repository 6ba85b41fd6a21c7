dofile(os.getenv("GRANTLINK_BENCH_LOAD") .. "/figures.lua")

-- wrk: requests for link pages, or presses of their button, one token after the other.
-- arguments: file of tokens (32 characters and a newline each), number of the first, GET or POST
local tokens, count, next_token, head, tail

function init(args)
    local file = assert(io.open(args[1], "rb"))
    tokens = file:read("*a")
    file:close()
    count = #tokens / 33
    next_token = tonumber(args[2]) % count
    head = args[3] .. " /approve/"
    tail = " HTTP/1.1\r\nHost: links.example.com\r\nAccept-Language: en-US,en;q=0.9\r\n"
    if args[3] == "POST" then
        tail = tail .. "Origin: https://links.example.com\r\nSec-Fetch-Site: same-origin\r\n"
            .. "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 0\r\n"
    end
    tail = tail .. "\r\n"
end

function request()
    local at = next_token * 33
    next_token = (next_token + 1) % count
    return head .. tokens:sub(at + 1, at + 32) .. tail
end
