#!/bin/sh
# Installs the Debian packages that a part of the work needs, and only those
# that are missing:
#   scripts/setup-system.sh PART...     parts: build race lint e2e streams lab trust peers
# Does nothing, quickly, when all of them are there. Needs root to install.
set -eu

wanted=
for part in "$@"; do
  case $part in
    build) wanted="$wanted ca-certificates git make" ;;
    # The race detector is linked with a C compiler.
    race) wanted="$wanted gcc libc6-dev" ;;
    lint) wanted="$wanted shellcheck" ;;
    # Two browsers, moving pictures and tones for them, a sound server without
    # a sound card (Firefox measures no sound without one), and networks with
    # faults and captures in network namespaces.
    e2e) wanted="$wanted chromium firefox-esr ffmpeg fonts-dejavu-core fonts-noto-cjk pulseaudio iproute2 iptables nftables tshark procps" ;;
    # The certificate store of Chromium, for TURN over TLS.
    trust) wanted="$wanted libnss3-tools" ;;
    # An encoder that is not a browser, for WHIP.
    streams) wanted="$wanted python3 python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-nice gstreamer1.0-plugins-bad gstreamer1.0-plugins-base gstreamer1.0-plugins-good" ;;
    lab) wanted="$wanted iproute2 nftables conntrack curl" ;;
    # Another server to measure beside this one.
    peers) wanted="$wanted iproute2 janus" ;;
    *) echo "setup-system.sh: no such part: $part (build, race, lint, e2e, streams, lab, peers, trust)" >&2; exit 2 ;;
  esac
done

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "setup-system.sh: these Debian packages are missing and only root can install them:$missing" >&2
  exit 1
fi
echo "installing Debian packages:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
# shellcheck disable=SC2086 # a list of words is meant
apt-get -qq -y -o Dpkg::Use-Pty=0 install --no-install-recommends $missing
