#!/bin/sh
# Builds the server and the client, starts the server on a free port of the loopback device and logs in through it.
set -eu
mkdir -p build
rm -f build/port report.xml
cc -std=c11 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE -Wall -Wextra -o build/server api/server.c api/http.c middleware/csrf.c middleware/session.c
cc -std=c11 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE -Wall -Wextra -o build/client tests/integration/client.c

build/server >build/port &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
trap 'exit 1' HUP INT TERM

tries=50
until [ -s build/port ]; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ] || ! kill -0 "$server"; then
        echo "the server did not start" >&2
        exit 1
    fi
    sleep 0.1 2>/dev/null || sleep 1
done
port=$(cat build/port)
echo "server $server listens on 127.0.0.1:$port"
build/client "$port" report.xml
