#!/bin/sh
# Checks the documents: each link to a file of the repository leads somewhere,
# and each decision has its number once.
set -eu
cd "$(dirname "$0")/.."
bad=0
for doc in $(git ls-files '*.md'); do
  dir=$(dirname "$doc")
  for link in $(sed -n '/^ *```/,/^ *```/!p' "$doc" | grep -oE '\]\([^)#: ]+(#[^)]*)?\)' | sed 's/^](//; s/[#)].*$//'); do
    if [ ! -e "$dir/$link" ]; then
      echo "docs.sh: $doc links to $link, which is not there" >&2
      bad=1
    fi
  done
done
twice=$(find docs/decisions -name '[0-9]*.md' -printf '%f\n' | cut -c1-4 | sort | uniq -d)
if [ -n "$twice" ]; then
  echo "docs.sh: decision numbers used twice: $twice" >&2
  bad=1
fi
exit $bad
