#!/bin/sh
# Runs one named step and says how long it took:
#   scripts/step.sh NAME COMMAND [ARGUMENT...]
# The step's exit status is kept, so the caller stops where it failed.
set -u
name=$1
shift
begin=$(date +%s)
printf '\n== %s\n' "$name"
"$@"
status=$?
took=$(($(date +%s) - begin))
if [ -n "${STEP_LOG:-}" ]; then
  printf '%5d s  %s%s\n' "$took" "$name" "$([ $status -eq 0 ] || echo '  FAILED')" >>"$STEP_LOG"
fi
if [ $status -eq 0 ]; then
  printf '== %s: ok, %d s\n' "$name" "$took"
else
  printf '== %s: FAILED (exit status %d) after %d s\n   command: %s\n' "$name" "$status" "$took" "$*" >&2
fi
exit $status
