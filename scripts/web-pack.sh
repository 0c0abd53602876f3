#!/bin/sh
# Compresses the files of a built page, so that the server carries and sends
# them as they are: FILE becomes FILE.gz where that is smaller by a tenth.
#   scripts/web-pack.sh DIRECTORY
set -eu
find "${1:?directory of the built page}" -type f ! -name '*.gz' ! -name .gitignore | while read -r file; do
  gzip -9 -n -c "$file" >"$file.gz"
  if [ "$(wc -c <"$file.gz")" -lt $(($(wc -c <"$file") * 9 / 10)) ]; then
    rm "$file"
  else
    rm "$file.gz"
  fi
done
