#!/usr/bin/env bash
# Calls through emulated networks: every kind of NAT and firewall with every
# other, and the faults that a network has in mid-call. Real server, Pion
# clients, network namespaces; nothing leaves the machine.
#
#   lab/run.sh [--short] [--ipv6] SFU GUEST     binaries of ./cmd/sfu and ./benchmarks/lab
#
# --short is two pairs of each kind and the faults, under a minute; without
# it, all 49 pairs. LAB=NAME lets several run side by side. Needs root,
# iproute2, nftables and conntrack.
set -euo pipefail
short=
[ "${1:-}" != --short ] || { short=1; shift; }
export FAMILY=4
[ "${1:-}" != --ipv6 ] || { FAMILY=6; shift; }
[ $# = 2 ] || { sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2; }
sfu=$(realpath "$1") guest=$(realpath "$2")
export LAB=${LAB:-lab}
cd "$(dirname "$0")"
[ "$(id -u)" = 0 ] || { echo "lab/run.sh: network namespaces need root" >&2; exit 1; }
for tool in ip nft conntrack curl; do
  command -v "$tool" >/dev/null || { echo "lab/run.sh: no '$tool' (scripts/setup-system.sh lab)" >&2; exit 1; }
done

dir=$(mktemp -d)
server=
finish() {
  status=$?
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  ./netns.sh down
  [ $status -eq 0 ] || tail -5 "$dir/sfu.log" >&2 || true
  rm -rf "$dir"
}
trap finish EXIT
./netns.sh down
./netns.sh up

srv=$(./netns.sh addr srv)
url=wss://$srv/ws
[ "$FAMILY" = 4 ] || url=wss://[$srv]/ws

kinds=(open full-cone restricted port-restricted symmetric no-udp tcp443)
for i in "${!kinds[@]}"; do
  ./netns.sh client "a$i" "${kinds[$i]}"
  ./netns.sh client "b$i" "${kinds[$i]}"
done

ip netns exec "$LAB-srv" "$sfu" serve --listen :443 --http '' --admin 127.0.0.1:9090 \
  --advertise "$srv" --state "$dir/state" --open --drain 0s >"$dir/out" 2>"$dir/sfu.log" &
server=$!
for _ in $(seq 100); do
  ! ip netns exec "$LAB-srv" curl -fs http://127.0.0.1:9090/healthz >/dev/null || break
  kill -0 "$server" || { cat "$dir/sfu.log" >&2; exit 1; }
  sleep 0.1
done

failed=0
# visit NAME ROOM OUT [FLAG..]: one guest, in the background.
visit() {
  local name=$1 room=$2 out=$3
  shift 3
  ./netns.sh exec "$name" "$guest" -url "$url" -name "$name" -room "$room" "$@" >"$dir/$out" 2>&1 &
  guests+=($!)
}
all_gone() {
  local p
  for p in "${guests[@]}"; do wait "$p" || true; done # a guest that failed says so in its result
}
# field FILE NAME: a value of the guest's result.
field() { sed -n "s/.*\"$2\":\"\{0,1\}\([^\",}]*\).*/\1/p" "$dir/$1" | head -1; }
# wrong FILE NAME WANT HAVE WHAT: says that a demand is not met.
wrong() {
  echo "FAILED $5: $2 is ${4:-missing}, want $3: $(cat "$dir/$1")"
  failed=$((failed + 1))
}
# is FILE NAME VALUE WHAT
is() {
  local have
  have=$(field "$1" "$2")
  [ "$have" = "$3" ] || wrong "$1" "$2" "$3" "$have" "$4"
}
# within FILE NAME LEAST MOST WHAT
within() {
  local have
  have=$(field "$1" "$2")
  [ -n "$have" ] && [ "$have" -ge "$3" ] && [ "$have" -le "$4" ] || wrong "$1" "$2" "$3 to $4" "$have" "$5"
}
best() { case $1 in no-udp | tcp443) echo tcp ;; *) echo udp ;; esac; }

rounds=${#kinds[@]} step=1
[ -z "$short" ] || rounds=2 step=2
printf 'pair                               ways       connected in ms\n'
for ((round = 0; round < rounds; round++)); do
  guests=()
  for i in "${!kinds[@]}"; do
    j=$(((i + round * step) % ${#kinds[@]}))
    visit "a$i" "m$round-$i" "a$i" -for 4s
    visit "b$j" "m$round-$i" "b$j" -for 4s
  done
  all_gone
  for i in "${!kinds[@]}"; do
    j=$(((i + round * step) % ${#kinds[@]}))
    printf '%-16s %-16s  %4s %4s  %6s %6s\n' "${kinds[$i]}" "${kinds[$j]}" \
      "$(field "a$i" way)" "$(field "b$j" way)" "$(field "a$i" connect_ms)" "$(field "b$j" connect_ms)"
    for side in "a$i ${kinds[$i]}" "b$j ${kinds[$j]}"; do
      is "${side%% *}" way "$(best "${side#* }")" "${kinds[$i]} with ${kinds[$j]}"
      within "${side%% *}" received 50 9999 "${kinds[$i]} with ${kinds[$j]}"
    done
  done
done

echo 'UDP blocked in mid-call: sound on TCP within 5 s'
guests=()
visit a0 blocked a0 -for 11s
visit a5 blocked a5 -for 11s
sleep 4
ip netns exec "$LAB-a0-nat" nft 'table inet block { chain forward_udp { type filter hook forward priority 5; meta l4proto udp drop; }; }'
all_gone
ip netns exec "$LAB-a0-nat" nft delete table inet block
is a0 way udp blocked
is a0 way_last tcp blocked
within a0 gap_ms 0 5000 blocked
within a5 gap_ms 0 5000 blocked
echo "  silent for $(field a0 gap_ms) ms"

if [ "$FAMILY" = 4 ]; then
  echo 'TURN alone, where nothing but TCP to 443 passes'
  guests=()
  visit a6 turn a6 -for 4s -turn-only
  visit b6 turn b6 -for 4s -turn-only
  all_gone
  is a6 way relay turn
  within b6 received 50 9999 turn
else
  # A client that names no family is given IPv4 (RFC 8656, section 7.2), which this server has not.
  echo 'TURN alone is left out: it needs an IPv4 address of the server'
fi

echo 'MTU 1280: no fragment is sent'
for ns in a0 a0-nat; do
  for dev in eth0 lan wan; do ip -n "$LAB-$ns" link set "$dev" mtu 1280 2>/dev/null || true; done
done
guests=()
visit a0 mtu a0 -for 4s
visit b6 mtu b6 -for 4s
all_gone
within a0 received 50 9999 mtu
for ns in srv a0 a0-nat; do
  # Of IPv4 and IPv6: fragments made, and such that should have been.
  made=$(ip netns exec "$LAB-$ns" awk '$1 == "Ip:" && !n {n = split($0, names); next}
    $1 == "Ip:" {for (i = 2; i <= n; i++) if (names[i] ~ /^Frag/) sum += $i}
    $1 ~ /^Ip6Frag/ {sum += $2}
    END {print sum + 0}' /proc/net/snmp /proc/net/snmp6)
  [ "$made" = 0 ] || { echo "FAILED mtu: $ns has $made fragments"; failed=$((failed + 1)); }
done

[ $failed = 0 ] || { echo "$failed demands failed" >&2; exit 1; }
echo 'all networks connect'
