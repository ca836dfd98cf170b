#!/bin/sh
# What the browser tests need: Chromium, Chinese type, and the two npm packages of package.json.
set -eu
cd "$(dirname "$0")"

missing=""
command -v chromium >/dev/null || missing="$missing chromium"
fc-list | grep -q "Noto Serif CJK SC" || missing="$missing fonts-noto-cjk fontconfig"
command -v node >/dev/null || missing="$missing nodejs npm"
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086 -- a list of package names
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing
fi

[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund --silent
