#!/usr/bin/env bash
# Installs the system programs that tests need, by apt where root and apt are at hand.
# Exit 0: everything is here. Exit 77: something is missing and cannot be installed here.
set -euo pipefail

# One "program package" pair a line.
wanted=(
)

missing=()
for pair in "${wanted[@]}"; do
  read -r program package <<<"$pair"
  command -v "$program" >/dev/null || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
  exit 0
fi

echo "missing, and neither root nor apt at hand: ${missing[*]}"
exit 77
