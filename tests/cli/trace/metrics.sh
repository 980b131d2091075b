#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Metrics, by HTTP and in a file: whole in every scrape under load, exact, checked by promtool and a real
# Prometheus where there are any; and whatever clients do, the trace goes on.
# LATCHKIT_JUNK: how many requests that are none (500).
. "$(dirname "$0")/../lib.sh"
scrape=$(dirname "$0")/../scrape
top=$(dirname "$0")/../../..
getppid=tracepoint:syscalls:sys_enter_getppid
known=known$$ # the name of a program that is nobody else's on this host

refuses "--listen: no port" 2 '--listen x: no port from 0 to 65535; write 9435' trace --listen x
refuses "--listen: a name" 2 '--listen localhost:1: no address; write one in numbers' trace --listen localhost:1
refuses "--listen: no such port" 2 'no port from 0 to 65535' trace --listen 65536
refuses "--textfile: nobody would read it" 2 'reads names that end in .prom only' trace --textfile "$work/a.txt"
refuses "--delta" 2 '--delta: metrics tell of the whole trace' trace --delta --listen 0
need_bpf

started() { grep -qs '^latchkit: metrics: ' "$work/err" || [ -s "$work/textfiles/a.prom" ]; }
# begin ARG...: a trace in the background; sets tracer, and port if it listens.
begin() {
	rm -f "$work/textfiles/a.prom" "$work/err"
	"$lk" trace "$@" >"$work/out" 2>"$work/err" &
	tracer=$!
	eventually started ||
		{ fail "the trace did not start: $(head -n 1 "$work/err")"; exit 1; }
	port=$(sed -n 's,^latchkit: metrics: http://127.0.0.1:\([0-9]*\)/metrics$,\1,p' "$work/err")
}
end() { # end NAME: interrupt it; it ends well
	kill -TERM "$tracer"
	wait "$tracer"
	check "$1: ends with 0" test $? -eq 0
}
sum() { "$scrape" sum "$port" "$@"; } # sum NAME [LABEL=VALUE]...
is() { # is NAME WANTED COMMAND...: what it prints becomes that: the metrics sent may be a little older
	what=$1 wanted=$2
	shift 2
	for _ in $(seq 100); do
		got=$("$@")
		[ "$got" != "$wanted" ] || break
		sleep 0.3
	done
	if [ "$got" = "$wanted" ]; then pass "$what: $wanted"; else fail "$what: '$got' instead of '$wanted'"; fi
}
status() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }

# A port that somebody has.
mkfifo "$work/hold"
"$scrape" hold <"$work/hold" >"$work/port" &
holder=$!
exec 4>"$work/hold"
eventually test -s "$work/port"
refuses "a port in use" 1 "--listen 127.0.0.1:$(cat "$work/port"): Address already in use; take another port" \
	trace --listen "$(cat "$work/port")" -d 1 $getppid
exec 4>&-
wait "$holder"
refuses "an address that is not ours" 1 '--listen 192.0.2.1:9435: Cannot assign requested address; this host has no such' \
	trace --listen 192.0.2.1:9435 -d 1 $getppid
refuses "--textfile: no such directory" 1 "--textfile $work/none/a.prom: cannot write: No such file" \
	trace --textfile "$work/none/a.prom" -d 1 $getppid

# -- what is served --------------------------------------------------------------------------------
begin --listen 0 -i 0.5 -o "$work/table" $getppid tracepoint:sched:sched_switch profile:hz:99
url=http://127.0.0.1:$port
check "it listens on this host alone" sh -c "grep -qi \"^ *[0-9]*: 0100007F:$(printf %04X "$port") \" /proc/net/tcp"
if command -v curl >/dev/null 2>&1; then
	check "/healthz" test "$(status $url/healthz) $(cat "$work/body")" = "200 ok"
	check "/metrics" test "$(status $url/metrics)" = 200
	check "something else" test "$(status $url/)" = 404
	check "a POST" test "$(status -d x=1 $url/metrics)" = 405
	check "a DELETE" test "$(status -X DELETE $url/metrics)" = 405
	check "a HEAD has no body" test "$(curl -sI $url/metrics | grep -c '^latchkit')" = 0
	check "a HEAD has its length" sh -c "curl -sI $url/metrics | grep -qi '^content-length: [1-9]'"
	check "text, unless OpenMetrics is asked for" sh -c "! curl -s $url/metrics | grep -q '^# EOF'"
	check "OpenMetrics" sh -c "curl -s -H 'Accept: application/openmetrics-text;version=1.0.0' $url/metrics | tail -n 1 | grep -qx '# EOF'"
	head -c 1000000 /dev/zero | tr '\0' a >"$work/million"
	check "a header of a million bytes" sh -c "printf 'GET /metrics HTTP/1.1\r\nX: ' | cat - '$work/million' | timeout 20 curl -s telnet://127.0.0.1:$port | grep -q '^HTTP/1.1 4'"
	check "a body of a million bytes" test "$(status --data-binary "@$work/million" $url/metrics)" = 405
else
	skip "requests by curl: there is none"
fi
if command -v promtool >/dev/null 2>&1; then
	"$scrape" get "$port" >"$work/metrics"
	promtool check metrics <"$work/metrics" >"$work/promtool" 2>&1
	code=$?
	check "promtool check metrics: exit $code: $(head -n 1 "$work/promtool")" test $code -eq 0 -a ! -s "$work/promtool"
else
	skip "promtool check metrics: no promtool (Debian: prometheus)"
fi
is "all probes are there" 3 sh -c "'$scrape' get $port | grep -c '^latchkit_lost_total.*dropped'"
check "a cause that cannot be known is not 0" test "$(sum latchkit_loss_unknown probe=profile:hz:99 cause=skipped)" = 1
"$scrape" junk "$port" "${LATCHKIT_JUNK:-500}" >"$work/junk" 2>&1
code=$?
check "junk: $(tail -n 1 "$work/junk")" test $code -eq 0
end "after junk"

# -- whole in every scrape ---------------------------------------------------------------------------
begin --listen 0 -i 0.2 --json -o "$work/trace" --by comm $getppid 'tracepoint:syscalls:sys_enter_read {hist(retval, B)}' \
	tracepoint:sched:sched_switch
"$target" syscalls 4 &
load=$!
"$scrape" check "$port" 2 >"$work/check" 2>&1
check "in each scrape under load: $(tail -n 1 "$work/check")" grep -qE '^[0-9]+ scrapes, [1-9]' "$work/check"
# 200 slow clients: reports come as they did, scrapes are answered, calls are counted.
mkfifo "$work/slow"
"$scrape" slow "$port" 200 <"$work/slow" >"$work/connected" 2>"$work/slowerr" &
slow=$!
exec 5>"$work/slow"
check "200 slow clients" eventually grep -q connected "$work/connected"
before=$(grep -c '"type":"probe"' "$work/trace")
"$scrape" check "$port" 1 >"$work/check" 2>&1
check "beside them each scrape: $(tail -n 1 "$work/check")" grep -qE '^[0-9]+ scrapes, [1-9]' "$work/check"
more() { [ "$(grep -c '"type":"probe"' "$work/trace")" -ge $((before + 9)) ]; }
check "reports went on" eventually more
wait "$load"
cp "$target" "$work/$known"
"$work/$known" calls 5000
is "calls while there are slow clients" 5000 sum latchkit_latency_seconds_count "comm=$known"
is "what has no key is not lost" 0 sum latchkit_keys_other_total
exec 5>&-
wait "$slow"
end "after slow clients"
check "no interval was left out" test "$(grep -c '"type":"probe"' "$work/trace")" -ge 30

# -- labels ------------------------------------------------------------------------------------------
begin --listen 0 --by comm $getppid
for name in "quo\"$$" "back\\$$" '(other)' "$(printf 'new\n%s' $$)" "$(printf 'bad\377%s' $$)"; do
	cp "$target" "$work/$name" && "$work/$name" calls 10
done
is "a quote" 10 sum latchkit_latency_seconds_count "comm=quo\\\"$$"
is "a backslash" 10 sum latchkit_latency_seconds_count "comm=back\\\\\\\\$$"
is "a newline" 10 sum latchkit_latency_seconds_count "comm=new\\\\x0a$$"
is "no UTF-8" 10 sum latchkit_latency_seconds_count "comm=bad\\\\xff$$"
check "who is called (other)" test "$(sum latchkit_latency_seconds_count 'comm=\\x28other)')" -ge 10
check "each scrape" sh -c "'$scrape' check '$port' 1 >'$work/check' 2>&1"
end "labels"

# Events that are shown one by one have no records by key.
begin --listen 0 -o "$work/lines" 'tracepoint:syscalls:sys_enter_getppid {print(comm, pid)}'
"$target" calls 1
check "lines: counted as events of a probe" eventually sh -c "'$scrape' get $port | grep -q '^latchkit_latency_seconds_count{probe=\"$getppid\"} [1-9]'"
end "lines"
for name in $(cat "$top"/user/trace/report/metrics/*.c | grep -o '"latchkit_[a-z_]*"' | tr -d '"' | sort -u); do
	grep -q "\`$name\(_total\|_info\)\{0,1\}[\`{]" "$top/docs/fleet.md" || echo "$name"
done >"$work/untold"
check "docs/fleet.md has all metrics: $(tr '\n' ' ' <"$work/untold")" test ! -s "$work/untold"

# -- in a file ---------------------------------------------------------------------------------------
mkdir "$work/textfiles"
begin --textfile "$work/textfiles/a.prom" -i 0.1 --json -o "$work/trace" $getppid
check "a file: there from the begin" grep -q '^latchkit_latency_seconds_count' "$work/textfiles/a.prom"
check "a file: who it is for may read it" test "$(stat -c %a "$work/textfiles/a.prom")" = 644
first=$(stat -c %i "$work/textfiles/a.prom")
replaced() { [ "$(stat -c %i "$work/textfiles/a.prom")" != "$first" ]; }
check "a file: written again at an interval" eventually replaced
end "a file"
"$lk" trace --textfile "$work/textfiles/a.prom" -i 600 -o /dev/null $getppid -- "$target" calls 777 2>"$work/err"
check "a file: of the whole trace in the end" grep -q '^latchkit_latency_seconds_count{.*} 777$' "$work/textfiles/a.prom"
check "a file: whole" sh -c "'$scrape' file '$work/textfiles/a.prom' >'$work/check' 2>&1"
check "a file: nothing beside it" test "$(ls "$work/textfiles")" = a.prom
"$lk" trace --textfile "$work/keys.prom" -i 600 --keys 8 --by pid -o /dev/null $getppid -- "$build/tests/callers" many 200 >/dev/null 2>"$work/err"
in_file() { "$scrape" sum "$work/keys.prom" "$@"; }
check "more keys than there is room for: all 200 calls" test "$(in_file latchkit_latency_seconds_count)" = 200
others=$(in_file latchkit_keys_other_total)
check "those without room are told: $others" test "$others" -gt 0 -a "$others" = "$(in_file latchkit_latency_seconds_count 'pid=(other)')"
full() { # full COMMAND...: with a file system of 64 KiB on $work/full
	unshare -m sh -c 'mount -t tmpfs -o size=64k none "$0" && "$@"' "$work/full" "$@"
}
mkdir "$work/full"
if full true 2>/dev/null; then
	cat >"$work/fill" <<-EOF
		"$lk" trace --textfile "$work/full/a.prom" -i 0.1 -o /dev/null $getppid 2>"$work/err" &
		tracer=\$!
		until [ -s "$work/full/a.prom" ]; do sleep 0.1; done
		cp "$work/full/a.prom" "$work/before"
		head -c 1000000 /dev/zero >"$work/full/zeros" 2>/dev/null
		until grep -q 'No space left' "$work/err"; do sleep 0.1; kill -0 \$tracer || exit 1; done
		[ "\$(ls "$work/full" | tr '\n' ' ')" = "a.prom zeros " ] && tail -n 1 "$work/full/a.prom" | grep -q start_time ; aside=\$?
		rm "$work/full/zeros"
		until grep -q 'written again' "$work/err"; do sleep 0.1; kill -0 \$tracer || exit 1; done
		kill -TERM \$tracer; wait \$tracer || exit 1
		[ "\$(grep -c 'No space left' "$work/err")" -eq 1 ]
	EOF
	check "a full disk: told once, and when it is written again" full timeout 60 sh "$work/fill"
else
	skip "a full disk: no file system of our own can be mounted here"
fi

exporter=$(command -v prometheus-node-exporter || command -v node_exporter)
if [ -n "$exporter" ]; then
	web=$("$scrape" port)
	"$exporter" --collector.disable-defaults --collector.textfile --collector.textfile.directory="$work/textfiles" \
		--web.listen-address="127.0.0.1:$web" >"$work/exporter" 2>&1 &
	exporter=$!
	exposed() { curl -s "http://127.0.0.1:$web/metrics" | grep -q '^latchkit_latency_seconds_count{.*} 777$'; }
	check "node_exporter exposes the file" eventually exposed
	check "node_exporter finds no fault with it" sh -c "curl -s 'http://127.0.0.1:$web/metrics' | grep -qx 'node_textfile_scrape_error 0'"
	kill -TERM "$exporter"
	wait "$exporter" 2>/dev/null
else
	skip "a real node_exporter: there is none (Debian: prometheus-node-exporter)"
fi

# -- resets ------------------------------------------------------------------------------------------
begin --listen 0 -o /dev/null --by comm $getppid
"$work/$known" calls 50
is "before a kill" 50 sum latchkit_latency_seconds_count "comm=$known"
began=$(sum latchkit_trace_start_time_seconds)
kill -KILL "$tracer"
wait "$tracer" 2>/dev/null
begin --listen "$port" -o /dev/null --by comm $getppid
"$work/$known" calls 7
is "begun again at the same port, it counts from 0" 7 sum latchkit_latency_seconds_count "comm=$known"
check "and tells since when" python3 -c "import fractions as f; assert f.Fraction('$(sum latchkit_trace_start_time_seconds)') > f.Fraction('$began')"
end "after a kill"

# -- what is packaged --------------------------------------------------------------------------------
if command -v promtool >/dev/null 2>&1; then
	check "promtool check rules" sh -c "promtool check rules '$top/packaging/prometheus/latchkit.rules.yml' >'$work/promtool' 2>&1"
else
	skip "promtool check rules: no promtool (Debian: prometheus)"
fi
capabilities=$(sed -n 's/^AmbientCapabilities=//p' "$top/packaging/latchkit.service" | tr 'A-Z' 'a-z' | sed 's/cap_/+/g; s/ /,/g')
if command -v setpriv >/dev/null 2>&1 && [ "$(id -u)" -eq 0 ]; then
	cp "$lk" "$work/latchkit" && chmod 755 "$work" "$work/latchkit"
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps="-all,$capabilities" --ambient-caps="-all,$capabilities" \
		--bounding-set="-all,$capabilities" --no-new-privs \
		"$work/latchkit" trace --listen 0 -d 0.1 -o /dev/null tracepoint:sched:sched_switch 2>"$work/err"
	check "the service's user and capabilities ($capabilities) are enough" test $? -eq 0
else
	skip "the service's user and capabilities: no setpriv, or not root"
fi

# -- Prometheus --------------------------------------------------------------------------------------
if ! command -v prometheus >/dev/null 2>&1; then
	skip "a real Prometheus: there is none (Debian: prometheus)"
	done_testing
	exit
fi
begin --listen 0 -i 0.5 --by comm -o "$work/table" $getppid
web=$("$scrape" port)
cat >"$work/prometheus.yml" <<EOF
global: {scrape_interval: 100ms, scrape_timeout: 100ms}
scrape_configs: [{job_name: latchkit, static_configs: [{targets: ["127.0.0.1:$port"]}]}]
EOF
prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$web" \
	--log.level=error >"$work/prometheus" 2>&1 &
prometheus=$!
ask() { # ask PROMQL: the value, or values
	curl -m 10 -sG "http://127.0.0.1:$web/api/v1/query" --data-urlencode "query=$1" |
		python3 -c 'import json, sys; print(*(r["value"][1] for r in json.load(sys.stdin)["data"]["result"]))'
}
up() { [ "$(ask 'up' 2>/dev/null)" = 1 ]; }
check "Prometheus scrapes it" eventually up
"$target" syscalls 2
"$work/$known" calls 4321
is "Prometheus has the calls of a program" 4321 ask 'latchkit_latency_seconds_count{comm="'$known'"}'
check "Prometheus: scrapes under load" test "$(ask 'count_over_time(latchkit_latency_seconds_count{comm="target"}[1m])')" -ge 5
is "Prometheus: in every scrape the count was that of +Inf" 0 ask \
	'sum(sum_over_time((abs(latchkit_latency_seconds_count - ignoring(le) latchkit_latency_seconds_bucket{le="+Inf"}))[1m:100ms]))'
is "Prometheus: that was asked of scrapes" 1 ask 'clamp_max(sum(count_over_time((latchkit_latency_seconds_count - ignoring(le) latchkit_latency_seconds_bucket{le="+Inf"})[1m:100ms])), 1)'
python3 -c 'import json, sys
for panel in json.load(open(sys.argv[1]))["panels"]:
    for target in panel["targets"]:
        print(target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*"))' "$top/packaging/grafana/latchkit.json" >"$work/exprs"
while read -r expr; do
	ask "$expr" >"$work/answer" 2>&1 || echo "$expr"
done <"$work/exprs" >"$work/refused"
check "the dashboard's $(grep -c . "$work/exprs") expressions are PromQL" test -s "$work/exprs" -a ! -s "$work/refused"
check "the dashboard shows latencies" test "$(ask "$(grep -m 1 latchkit_latency_seconds_count "$work/exprs")")" != ""
kill -TERM "$prometheus"
wait "$prometheus" 2>/dev/null
end "after Prometheus"
done_testing
