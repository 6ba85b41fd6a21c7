dofile(os.getenv("GRANTLINK_BENCH_LOAD") .. "/figures.lua")

-- wrk: each request is the callback of a fresh attempt, with its cookie, as a provider sends it.
-- arguments: file of attempts (bench_callbacks.hpp), the authorization code, the status URL's stem
local attempts, position, size, head, stem
recorded, other, sent = 0, 0, 0

function init(args)
    local file = assert(io.open(args[1], "rb"))
    attempts = file:read("*a")
    file:close()
    position, size, stem = 0, 129, args[3]
    head = "GET /callback/example?code=" .. args[2] .. "&state="
end

function request()
    local at = position
    if at + size > #attempts then
        return "GET /callback/example?the-attempts-ran-out HTTP/1.1\r\nHost: links.example.com\r\n\r\n"
    end
    position = position + size
    sent = sent + 1
    return head .. attempts:sub(at + 1, at + 72)
        .. " HTTP/1.1\r\nHost: links.example.com\r\nAccept-Language: en-US,en;q=0.9\r\nCookie: __Host-grantlink-"
        .. attempts:sub(at + 74, at + 81) .. "=" .. attempts:sub(at + 83, at + 128) .. "\r\n\r\n"
end

function response(status, headers)
    local location = headers["Location"]
    if status == 303 and location and location:sub(1, #stem) == stem then
        recorded = recorded + 1
    else
        other = other + 1
    end
end
