#!/usr/bin/env bash
# Is what was just deployed alive? Reads only: it may be pointed at production.
#
#   KEY=… .github/smoke.sh URL [--feeds]        where the app asks for function keys
#   TOKEN=… .github/smoke.sh URL [--feeds]      where it asks for tokens (docs/api.md); the caller is an operator
#
# --feeds also waits until each feed that is not switched off has leases and all of them have an owner. Not for a staging
# slot, which has its triggers off.
set -euo pipefail

url=${1:?usage: KEY=… .github/smoke.sh URL [--feeds]}
within=${WITHIN_SECONDS:-300}

if [[ -n ${TOKEN:-} ]]; then
    credential="Authorization: Bearer $TOKEN"
else
    credential="x-functions-key: ${KEY:-}"
fi

# The credential goes through a file of curl's, so that no list of processes shows it.
get() { curl -fsS --max-time 20 --config <(printf 'header = "%s"\n' "$credential") "$url$1"; }

all_owned() {
    get /health/feeds | python3 -c '
import json, sys

feeds = [feed for feed in json.load(sys.stdin)["feeds"] if not feed["off"]]
sys.exit(not feeds or any(not feed["leases"] or feed["owned"] < feed["leases"] for feed in feeds))'
}

patiently() {
    local deadline=$((SECONDS + within))
    until "$@" >/dev/null; do
        if ((SECONDS >= deadline)); then
            echo "smoke: $* did not pass at $url within $within s" >&2
            return 1
        fi
        sleep 3
    done
    echo "smoke: $* passed"
}

patiently get /health
patiently get '/api/orders?limit=1'
patiently get '/api/customers/smoke-test/orders/summary'
if [[ ${2:-} == --feeds ]]; then
    patiently all_owned
fi
