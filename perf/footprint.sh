#!/bin/sh
# What three brokers of one cluster cost while nobody is connected, and how long they take to start
# after kill -9. Needs Linux and free ports; removes what it makes. docs/operating/footprint.md
# explains the numbers.
#
#   perf/footprint.sh [PARTITIONS] [SETTLE] [MEASURE]
#
# PARTITIONS  of the one topic; default 1000
# SETTLE      seconds to wait after the last start before CPU is measured; default 60
# MEASURE     seconds for which it is measured; default 60
# MILLRACE    the launcher; default bin/millrace of this checkout
# FIRST_PORT  of nine; default 7500
set -u

partitions=${1:-1000}
settle=${2:-60}
measure=${3:-60}
millrace=${MILLRACE:-$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)/bin/millrace}
port=${FIRST_PORT:-7500}
nodes="1 2 3"
dir=$(mktemp -d) && cd "$dir" || exit 1

fail() {
    echo "footprint: $*" >&2
    exit 1
}

finish() {
    for n in $nodes; do
        [ ! -f "pid-$n" ] || kill -9 "$(cat "pid-$n")" 2>/dev/null
    done
    wait
    cd / && rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

millis() { date +%s%3N; }
# Milliseconds that the threads of a process have run.
ran() { cat /proc/"$1"/task/*/schedstat 2>/dev/null | awk '{ s += $1 } END { printf "%.0f\n", s / 1e6 }'; }
peer() { echo "127.0.0.1:$((port + 3 * ($1 - 1) + 1))"; }

start() {
    for n in "$@"; do
        : >"out-$n"
        "$millrace" broker --config seeds.yaml -c node-id="$n" -c data-dir="data-$n" \
            --port $((port + 3 * (n - 1))) >"out-$n" 2>>"log-$n" &
        echo $! >"pid-$n"
    done
}

# Waits for brokers that were started at $began and tells how long each took.
await() {
    for n in "$@"; do
        until grep -q ready "out-$n"; do
            kill -0 "$(cat "pid-$n")" 2>/dev/null || { tail -n 5 "log-$n" >&2 && fail "broker $n stopped"; }
            [ $(($(millis) - began)) -lt 120000 ] || fail "broker $n is not ready after two minutes"
            sleep 0.05
        done
        echo "  broker $n: ready after $(($(millis) - began)) ms, $(ran "$(cat "pid-$n")") ms of CPU time"
    done
}

crash() {
    for n in "$@"; do
        kill -9 "$(cat "pid-$n")" && wait "$(cat "pid-$n")" 2>/dev/null
    done
}

echo "cluster.seeds: \"$(peer 1),$(peer 2),$(peer 3)\"" >seeds.yaml
echo "on $(nproc) cores, load$(uptime | sed 's/.*load average//')"

echo "first start"
"$millrace" --version >/dev/null || fail "$millrace does not start"
began=$(millis)
start $nodes
await $nodes
"$millrace" --server "127.0.0.1:$port" topic create idle -p "$partitions" -r 3 || fail "no topic"

echo "all three killed with -9 and started at once"
crash $nodes
began=$(millis)
start $nodes
await $nodes
sleep 5

echo "one of them killed with -9 and started"
crash 2
began=$(millis)
start 2
await 2

echo "idle, for $measure s, $settle s after that"
sleep "$settle"
for n in $nodes; do ran "$(cat "pid-$n")" >"ran-$n"; done
began=$(millis)
sleep "$measure"
spent=$(($(millis) - began))
all=0
for n in $nodes; do
    pid=$(cat "pid-$n")
    cpu=$(($(ran "$pid") - $(cat "ran-$n")))
    all=$((all + cpu))
    percent=$(awk "BEGIN { printf \"%.1f\", 100 * $cpu / $spent }")
    echo "  broker $n: $percent % of a core, $(awk '/^Threads/ { print $2 }' "/proc/$pid/status") threads," \
        "$(awk '/^VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$pid/status") MiB," \
        "$(find "/proc/$pid/fd" -mindepth 1 | wc -l) file descriptors, $(wc -l <"/proc/$pid/maps") maps"
done
echo "  together: $(awk "BEGIN { printf \"%.1f\", 100 * $all / $spent }") % of a core"
