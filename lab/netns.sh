#!/usr/bin/env bash
# A small internet made of network namespaces, to test WebRTC through real NATs.
#
#   netns.sh up                      the public network and one server
#   netns.sh client NAME KIND        a client behind its own router (a NAT)
#   netns.sh nat NAME KIND           change that router's kind; drops its flows
#   netns.sh cut NAME / heal NAME    unplug the client's cable / plug it in again
#   netns.sh exec NAME CMD..         run CMD as that client; NAME srv: the server
#   netns.sh addr NAME               print the address (srv, NAME or NAME-nat)
#   netns.sh show                    what there is, with NAT tables
#   netns.sh down                    remove everything; safe to repeat
#
# KIND: open             no NAT, no filter
#       full-cone        one mapping for all peers, anyone may send to it
#       restricted       one mapping; only addresses the client has sent to
#       port-restricted  one mapping; only address:port it has sent to (Linux default)
#       symmetric        another port for each peer; only that peer may answer
#       no-udp           port-restricted NAT that drops all UDP
#       tcp443           only TCP to port 443 passes
#       tls443           and of that only what begins as TLS does: no ICE-TCP, no plain TURN
#
#   srv 203.0.113.10 and .11 --+
#                              +-- switch --+-- NAME-nat 203.0.113.101 -- NAME 198.51.100.2
#                                           +-- NAME-nat 203.0.113.102 -- NAME 198.51.100.6 ..
#
# Only documentation addresses are used and nothing is linked to the machine's
# own network: no packet can get out, and `up` does not touch the root namespace.
# LAB=NAME (default lab) lets several labs live side by side. FAMILY=6 makes
# the same of IPv6: 2001:db8:1::10 for the server, ::101 and on for the routers,
# 2001:db8:2:1::2 and on for the clients.
# Needs root, iproute2, nftables, conntrack.
set -euo pipefail

LAB=${LAB:-lab}
[[ $LAB =~ ^[a-z0-9]{1,8}$ ]] || { echo "netns.sh: bad LAB" >&2; exit 2; }
STATE=/run/callrelay-lab/$LAB
FAMILY=${FAMILY:-4}

# Addresses: of the public network by number; of client I's LAN, router 1 and client 2.
if [ "$FAMILY" = 6 ]; then
  T=ip6 SET=ipv6_addr PUBLIC=64 LAN=64
  public() { echo "2001:db8:1::$1"; }
  lan() { echo "2001:db8:2:$1::$2"; }
  lan_net() { echo "2001:db8:2:$1::/64"; }
else
  T=ip SET=ipv4_addr PUBLIC=24 LAN=30
  public() { echo "203.0.113.$1"; }
  lan() { echo "198.51.100.$((4 * ($1 - 1) + $2))"; } # a /30 each
  lan_net() { echo "198.51.100.$((4 * ($1 - 1)))/30"; }
fi

die() { echo "netns.sh: $*" >&2; exit 1; }
ns() { local n=$1; shift; ip netns exec "$LAB-$n" "$@"; }
exists() { ip netns list | grep -qw -- "$LAB-$1"; }
add_ns() {
  # "ip netns exec" shows this file as /etc/resolv.conf: names fail at once,
  # and no query for the machine's own name server is sent into the lab.
  mkdir -p "/etc/netns/$LAB-$1"
  echo 'nameserver 127.0.0.1' >"/etc/netns/$LAB-$1/resolv.conf"
  ip netns add "$LAB-$1"
  # An address is used at once; without IPv6 there is no link-local one either.
  ns "$1" sysctl -qw net.ipv6.conf.default.accept_dad=0 "net.ipv6.conf.default.disable_ipv6=$((FAMILY == 4))"
  ip -n "$LAB-$1" link set lo up
}
index() { cat "$STATE/$1.index" 2>/dev/null || die "no client $1"; }

# plug NS DEV PORT: a cable between device DEV in NS and the switch.
plug() {
  ip -n "$LAB-net" link add "$3" type veth peer name "$2" netns "$LAB-$1"
  ip -n "$LAB-net" link set "$3" master br0 up
  ip -n "$LAB-$1" link set "$2" up
}

up() {
  exists net && die "lab '$LAB' is already up"
  mkdir -p "$STATE"
  add_ns net
  ip -n "$LAB-net" link add br0 type bridge
  ip -n "$LAB-net" addr add "$(public 1)/$PUBLIC" dev br0
  ip -n "$LAB-net" link set br0 up
  add_ns srv
  plug srv eth0 srv
  ip -n "$LAB-srv" addr add "$(public 10)/$PUBLIC" dev eth0
  ip -n "$LAB-srv" addr add "$(public 11)/$PUBLIC" dev eth0
  # .1 forwards nothing: what goes to an unknown address is lost without an
  # error, as on a real network.
  ip -n "$LAB-srv" route add default via "$(public 1)"
}

client() {
  local name=$1 kind=$2 i=1
  exists net || die "run 'up' first"
  [[ $name =~ ^[a-z0-9]{1,8}$ && $name != srv && $name != net ]] || die "bad name $name"
  exists "$name" && die "client $name exists"
  while grep -qx $i "$STATE"/*.index 2>/dev/null; do i=$((i + 1)); done
  [ $i -le 60 ] || die "too many clients"
  echo $i >"$STATE/$name.index"
  add_ns "$name-nat"
  plug "$name-nat" wan "p-$name"
  ip -n "$LAB-$name-nat" addr add "$(public $((100 + i)))/$PUBLIC" dev wan
  ip -n "$LAB-$name-nat" route add default via "$(public 1)"
  add_ns "$name"
  ip -n "$LAB-$name-nat" link add lan type veth peer name eth0 netns "$LAB-$name"
  ip -n "$LAB-$name-nat" addr add "$(lan "$i" 1)/$LAN" dev lan
  ip -n "$LAB-$name-nat" link set lan up
  ip -n "$LAB-$name" addr add "$(lan "$i" 2)/$LAN" dev eth0
  ip -n "$LAB-$name" link set eth0 up
  ip -n "$LAB-$name" route add default via "$(lan "$i" 1)"
  ns "$name-nat" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  nat "$name" "$kind"
}

nat() {
  local name=$1 kind=$2 i lan pre='' post='' track='' fwd='ct state established,related accept; iifname "lan" accept'
  i=$(index "$name"); lan=$(lan "$i" 2)
  post='oifname "wan" masquerade'
  case $kind in
    open) post='' fwd='accept' ;;
    full-cone)
      pre="iifname \"wan\" meta l4proto udp dnat to $lan"
      fwd='accept' ;;
    restricted)
      # The set remembers peer address and local port. Masquerade keeps the
      # client's port where it can, so the port outside is the port inside.
      track="iifname \"lan\" meta l4proto udp update @peers { $T daddr . udp sport }"
      pre="iifname \"wan\" $T saddr . udp dport @peers dnat to $lan"
      fwd='accept' ;;
    port-restricted) ;;
    symmetric) post='oifname "wan" masquerade fully-random' ;;
    no-udp) fwd="meta l4proto udp drop; $fwd" ;;
    tcp443) fwd='ct state established,related accept; iifname "lan" tcp dport 443 accept' ;;
    tls443)
      # The first byte that a client sends decides; once it was TLS all passes.
      fwd='ct mark 1 accept; iifname "lan" tcp dport 443 @ih,0,8 0x16 ct mark set 1 accept;
        iifname "lan" tcp dport 443 tcp flags & psh == psh drop; ct state established,related accept; iifname "lan" tcp dport 443 accept' ;;
    *) die "unknown kind $kind" ;;
  esac
  ns "$name-nat" nft -f - <<NFT
table $T nat
delete table $T nat
table $T nat {
  set peers { type $SET . inet_service; flags dynamic,timeout; timeout 2m; size 4096; }
  chain pre { type nat hook prerouting priority -100; $pre; }
  chain post { type nat hook postrouting priority 100; $post; }
  chain track { type filter hook forward priority -10; $track; }
  # Without this an unasked packet leaves a flow at the router itself, and the
  # client's own packet to that peer then gets another port.
  chain self { type filter hook input priority 0; iifname "wan" meta l4proto { tcp, udp } drop; }
  chain pass { type filter hook forward priority 0; policy drop; $fwd; }
}
NFT
  # The server may know the way to an open LAN only; a NAT hides it.
  ip -n "$LAB-srv" route del "$(lan_net "$i")" 2>/dev/null || true
  [ "$kind" != open ] || ip -n "$LAB-srv" route add "$(lan_net "$i")" via "$(public $((100 + i)))"
  ns "$name-nat" conntrack -F -f "ipv$FAMILY" >/dev/null 2>&1 || true # forget the old mappings
  echo "$kind" >"$STATE/$name.kind"
}

addr() {
  local i
  [ "$1" != srv ] || { public 10; return; }
  i=$(index "${1%-nat}")
  case $1 in
    *-nat) public $((100 + i)) ;;
    *) lan "$i" 2 ;;
  esac
}

show() {
  local f name
  for f in "$STATE"/*.index; do
    [ -e "$f" ] || continue
    name=$(basename "$f" .index)
    echo "== $name $(addr "$name") behind $(addr "$name-nat") ($(cat "$STATE/$name.kind"))"
    ns "$name-nat" conntrack -L -p udp 2>/dev/null | head -20 || true
  done
}

down() {
  local n p
  for n in $(ip netns list | awk -v l="$LAB-" 'index($1, l) == 1 {print $1}'); do
    # A process that outlived its test would keep the namespace alive unseen.
    for p in $(ip netns pids "$n"); do kill -9 "$p" 2>/dev/null || true; done
    ip netns del "$n"
    rm -rf "/etc/netns/$n"
  done
  rm -rf "$STATE"
}

cmd=${1:-help}; shift || true
case $cmd in
  up | show | down) $cmd ;;
  client | nat) [ $# = 2 ] || die "$cmd NAME KIND"; $cmd "$@" ;;
  addr) [ $# -ge 1 ] || die "$cmd NAME"; $cmd "$@" ;;
  cut) ip -n "$LAB-$1" link set eth0 down ;;
  heal)
    ip -n "$LAB-$1" link set eth0 up
    ip -n "$LAB-$1" route replace default via "$(lan "$(index "$1")" 1)" ;;
  exec) n=$1; shift; exec ip netns exec "$LAB-$n" "$@" ;;
  *) sed -n '2,31s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
