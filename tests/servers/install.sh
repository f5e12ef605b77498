#!/usr/bin/env bash
# Installs what the tests need beside Python: Node, the Bluesky server, axe and caniemail from npm,
# Chromium, PostgreSQL and SpamAssassin from the system. Repeating it costs nothing.
set -euo pipefail
cd "$(dirname "$0")"

any() { # any of these programs or files exists
    local one
    for one in "$@"; do
        if command -v "$one" >/dev/null; then return 0; fi
    done
    return 1
}

missing=()
any chromium chromium-browser google-chrome || missing+=(chromium)
any initdb /usr/lib/postgresql/*/bin/initdb || missing+=(postgresql)
any npm || missing+=(npm)
any spamassassin || missing+=(spamassassin)

if ((${#missing[@]})); then
    as_root=()
    [ "$(id -u)" = 0 ] || as_root=(sudo -n)
    if ! any apt-get || ! "${as_root[@]}" true 2>/dev/null; then
        echo "The tests need ${missing[*]}: install them with your system's packages, then try again." >&2
        exit 1
    fi
    echo "Installing ${missing[*]} …"
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
    rm "$log"
fi

stamp=node_modules/.installed
if ! cmp --silent package-lock.json "$stamp"; then
    echo "Installing the Bluesky server and two checkers …"
    # npm warns that its own Node is too old for the server, which brings a newer one: not news.
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json "$stamp"
fi
if [ ! -x node_modules/.bin/node ] && ! node -e 'process.exit(process.versions.node.split(".")[0] < 22)'; then
    echo "The tests need Node 22 or newer: install it, then try again." >&2
    exit 1
fi
