#!/usr/bin/env bash
# Starts a node and a real Prometheus that scrapes it, sends traffic of every kind, and asks every
# query of the dashboard: prints each with the number of series it got, as a Markdown table. Exits
# with 1 when one of the dashboard's got none. Needs prometheus, redis-server, curl and jq; takes
# about a minute.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
home=$(cd "$here/../.." && pwd)

for tool in prometheus redis-server curl jq; do
  command -v "$tool" >/dev/null || { echo "check-dashboard.sh: $tool is not installed" >&2; exit 1; }
done

dir=$(mktemp -d)
declare -A pids=()
stop() {
  [ -n "${pids[$1]:-}" ] || return 0
  kill "${pids[$1]}" 2>/dev/null || true
  wait "${pids[$1]}" 2>/dev/null || true
  unset "pids[$1]"
}
finish() {
  status=$?
  for name in "${!pids[@]}"; do stop "$name"; done
  if [ $status -eq 0 ]; then rm -rf "$dir"; else echo "logs: $dir" >&2; fi
}
trap finish EXIT

free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)) && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

# await WHAT SECONDS COMMAND...
await() {
  local what=$1 end=$((SECONDS + $2))
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "check-dashboard.sh: $what took too long" >&2; exit 1; }
    sleep 0.2
  done
}

proxy=$(free_port) admin=$(free_port) redis=$(free_port) metrics=$(free_port)

redis-server --port "$redis" --bind 127.0.0.1 --save '' --dir "$dir" >"$dir/redis.log" 2>&1 &
pids[redis]=$!

TRAFFIC_DIR=$dir/data TRAFFIC_PORT=$proxy TRAFFIC_ADMIN_PORT=$admin \
  TRAFFIC_FRAGILE=redis://127.0.0.1:$redis \
  "$home/tollgate" run --config "$here/../src/test/resources/traffic.yaml" >"$dir/tollgate.log" 2>&1 &
pids[tollgate]=$!

cat >"$dir/prometheus.yml" <<YAML
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: tollgate
    static_configs: [{ targets: ["127.0.0.1:$admin"] }]
YAML
prometheus --config.file="$dir/prometheus.yml" --storage.tsdb.path="$dir/tsdb" \
  --web.listen-address="127.0.0.1:$metrics" >"$dir/prometheus.log" 2>&1 &
pids[prometheus]=$!

await "the node's start" 180 curl -fs "http://127.0.0.1:$admin/healthz/ready"
await "Prometheus' start" 30 curl -fs "http://127.0.0.1:$metrics/-/ready"

# chat KEY MODEL MORE-FIELDS: asks, and lets any answer be
chat() {
  curl -s -m 10 -o /dev/null "http://127.0.0.1:$proxy/v1/chat/completions" -H "x-api-key: $1" \
    -H 'content-type: application/json' \
    -d "{\"model\":\"$2\",$3\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}" || true
}
fill() {
  curl -fs -m 10 -o /dev/null "http://127.0.0.1:$proxy/v1/chat/completions/quota/refresh" \
    -H 'x-api-key: traffic-admin' -H "x-higress-llm-model: $1" -d "consumer=user&quota=$2"
}
traffic() {
  local i
  for ((i = 0; i < $1; i++)); do
    chat traffic-user plain ''
    chat traffic-user plain '"stream":true,'
    chat traffic-user tight ''
    chat traffic-user poor ''
    chat traffic-user open ''
    chat traffic-user closed ''
    chat traffic-user unpaid ''
    chat no-such-key plain ''
    sleep 1
  done
}

fill plain 1000000000
fill poor 0
fill unpaid 1000000000
traffic 10
stop redis
traffic 15
# What is said of providers is said of their last ten seconds.
traffic 300 &
pids[traffic]=$!

# The number of series that an instant query gets.
count() {
  local query=$1
  query=${query//'$__rate_interval'/30s}
  query=${query//'$__range'/5m}
  query=$(sed -E 's/\$\{?(route|model|consumer)\}?/.*/g' <<<"$query")
  curl -fsG "http://127.0.0.1:$metrics/api/v1/query" --data-urlencode "query=$query" |
    jq '.data.result | map(select(.value[1] != "NaN")) | length'
}

empty=0
echo '# What the dashboard gets from a node'
echo
echo 'Made by `deploy/prometheus/check-dashboard.sh`: one node after traffic of every kind, a Redis that'
echo "went away in the middle, and $(prometheus --version 2>&1 | sed -n 's/^prometheus, version \([^ ]*\).*/Prometheus \1/p') that scraped it. Variables stand for"
echo 'all their values.'
echo
echo '| panel | query | series |'
echo '|---|---|---:|'
while IFS=$'\t' read -r title query; do
  series=$(count "$query")
  [ "$series" -gt 0 ] || empty=$((empty + 1))
  echo "| $title | \`${query//|/\\|}\` | $series |"
done < <(jq -r '.panels[] | .title as $t | .targets[]? | [$t, .expr] | @tsv' \
  "$here/../grafana/dashboards/tollgate.json")
echo
echo "Queries without a series: $empty"
[ "$empty" -eq 0 ]
