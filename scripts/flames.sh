#!/bin/sh
# A flame graph of the server in each scenario, kept in benchmarks/results:
#   scripts/flames.sh [SERVER]
set -eu
cd "$(dirname "$0")/.."
server=${1:-bin/sfu}
program=$(mktemp -d)
trap 'rm -r "$program"' EXIT
go build -o "$program/loadgen" ./benchmarks/loadgen
mkdir -p benchmarks/results
for run in viewers:100 pairs:25 meeting:10 webinar:40; do
  scenario=${run%:*} number=${run#*:}
  # A demand that is not met is told and does not stop the others.
  "$program/loadgen" --server "$server" --pin --duration 10s --max-picture 0 \
    "--$scenario" "$number" --flame "benchmarks/results/flame-$scenario-$number.svg" || [ $? -eq 1 ]
done
