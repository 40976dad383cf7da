#!/bin/sh
# What each policy of choice makes of a broker that is slow: three brokers of one cluster, one of
# them frozen for 80 ms of every 100, records without keys from one client at a time.
# docs/reference/load-balancing.md explains the numbers. Needs Linux, python3 and free ports;
# removes what it makes.
#
#   perf/slow-broker.sh [ROUNDS] [MEASURE] [WARMUP]
#
# ROUNDS      in each of which every policy has its turn; default 3
# MEASURE     seconds that each turn is measured; default 12
# WARMUP      seconds before that; default 5
# MILLRACE    the launcher; default bin/millrace of this checkout
# RATE        records a second; default 1000
# FIRST_PORT  of nine; default 7600
set -u

rounds=${1:-3}
measure=${2:-12}
warmup=${3:-5}
millrace=${MILLRACE:-$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)/bin/millrace}
port=${FIRST_PORT:-7600}
rate=${RATE:-1000}
slow=2
dir=$(mktemp -d) && cd "$dir" || exit 1

fail() {
    echo "slow-broker: $*" >&2
    exit 1
}

finish() {
    [ ! -f pid-freezer ] || kill "$(cat pid-freezer)" 2>/dev/null
    for n in 1 2 3; do
        [ ! -f "pid-$n" ] || kill -9 "$(cat "pid-$n")" 2>/dev/null
    done
    wait
    cd / && rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

client() { echo "127.0.0.1:$((port + 3 * ($1 - 1)))"; }
peer() { echo "127.0.0.1:$((port + 3 * ($1 - 1) + 1))"; }

# The partitions that the slow broker leads, one a line.
led_by_slow() {
    "$millrace" topic describe slow -o json | python3 -c "
import json, sys
print(*[p['partition'] for p in json.load(sys.stdin)['partitions'] if p['leaderNode'] == $slow], sep='\n')"
}

# Publishes at a steady rate; prints milliseconds from record to acknowledgement.
turn() {
    label=$1 && shift
    "$millrace" bench publish --topic slow "$@" --rate "$rate" --record-size 100 --linger 1ms \
        --duration "${measure}s" --warm-up "${warmup}s" --no-verify -o json >turn.json 2>turn.log ||
        fail "$label: $(tail -n 3 turn.log)"
    python3 -c "
import json
d = json.load(open('turn.json'))['publishLatency']
print('$label', *(round(d[k], 1) for k in ('p50', 'p95', 'p99', 'p999')))" | tee -a turns
}

echo "cluster.seeds: \"$(peer 1),$(peer 2),$(peer 3)\"" >seeds.yaml
"$millrace" --version >/dev/null || fail "$millrace does not start"
for n in 1 2 3; do
    "$millrace" broker --config seeds.yaml -c node-id="$n" -c data-dir="data-$n" \
        --port $((port + 3 * (n - 1))) >"out-$n" 2>"log-$n" &
    echo $! >"pid-$n"
done
for n in 1 2 3; do
    waited=0
    until grep -q ready "out-$n"; do
        [ $waited -lt 600 ] || fail "broker $n is not ready after a minute"
        waited=$((waited + 1)) && sleep 0.1
    done
done
export MILLRACE_SERVER="$(client 1),$(client 2),$(client 3)"
"$millrace" topic create slow -p 12 -r 3 || fail "no topic"

echo "on $(nproc) cores, load$(uptime | sed 's/.*load average//'), warming up for 30 s"
"$millrace" bench publish --topic slow --rate "$rate" --record-size 100 --linger 1ms --duration 30s \
    --warm-up 1s --no-verify >/dev/null 2>&1

# Where clients of some names go.
for i in 1 2 3 4 5 6 7 8 9; do
    echo "probe client-$i" | "$millrace" publish slow --balance client-hash --client-name "client-$i" 2>/dev/null
done
"$millrace" subscribe slow --from earliest --exit-at-end --format '%v %p\n' | grep -a '^probe client-' >probes

# Chooses one whose partition the slow broker leads now, and one whose it does not.
choose_clients() {
    led_by_slow >led
    rm -f lucky unlucky
    while read -r _ name partition; do
        if grep -qx "$partition" led; then echo "$name" >unlucky; else echo "$name" >lucky; fi
    done <probes
    [ -f lucky ] && [ -f unlucky ] || fail "all clients go to brokers of one kind; try again"
}

(while :; do
    kill -STOP "$(cat pid-$slow)" && sleep 0.08
    kill -CONT "$(cat pid-$slow)" && sleep 0.02
done) &
echo $! >pid-freezer

echo "policy p50 p95 p99 p99.9"
round=0
while [ $round -lt "$rounds" ]; do
    round=$((round + 1))
    choose_clients
    echo "round $round: broker $slow leads partitions $(tr '\n' ' ' <led)of 12"
    turn adaptive --balance adaptive
    turn round-robin --balance round-robin
    turn weighted-round-robin --balance weighted-round-robin --weight "$(client 1)=10" \
        --weight "$(client 2)=1" --weight "$(client 3)=10"
    turn least-outstanding --balance least-outstanding
    turn least-response-time --balance least-response-time
    turn client-hash,elsewhere --balance client-hash --client-name "$(cat lucky)"
    turn client-hash,there --balance client-hash --client-name "$(cat unlucky)"
    led_by_slow >led-after
    cmp -s led led-after || echo "leaders have moved: it leads $(tr '\n' ' ' <led-after)"
    echo "round $round done, load$(uptime | sed 's/.*load average//')"
done
kill "$(cat pid-freezer)" && rm pid-freezer
kill -CONT "$(cat pid-$slow)"

echo "medians"
python3 -c "
import statistics
rows = {}
for line in open('turns'):
    name, *numbers = line.split()
    rows.setdefault(name, []).append([float(n) for n in numbers])
for name, turns in rows.items():
    print(name, *(round(statistics.median(column), 1) for column in zip(*turns)),
          'p99 from', min(t[2] for t in turns), 'to', max(t[2] for t in turns))"
