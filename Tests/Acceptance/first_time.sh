#!/usr/bin/env bash
# What a new user does first: a step a line, as the README shows it. Asks the server at GAND_URL.
#   GAND_URL=http://127.0.0.1:8080 Tests/Acceptance/first_time.sh
set -euo pipefail
PATH="$(cd "$(dirname "$0")/../.." && pwd)/.build/release:$PATH"
cd "$(mktemp -d)" && trap 'rm -rf "$PWD"' EXIT
awk 'BEGIN { srand(1); print "height,weight"; for (i = 0; i < 500; i++) { h = 160 + 30 * rand(); print h "," 0.9 * h - 90 + 10 * rand() } }' > people.csv

gand train people.csv --model people --max-seconds 5          # learns it, and shows how far it is
gand jobs watch                                               # how the last training went
gand sample -m people -n 1000 -o new.csv                      # new rows
gand sample -m people -n 1000 --plot height                   # what they look like
gand score people.csv -m people -o scored.csv                 # how real each row is
gand train people.csv --model people --max-seconds 5 --resume # another version, from where the first one stands
gand models rollback people                                   # the first one serves again
gand models export people                                     # people.safetensors, for Python or another server
gand models import copy people.safetensors                    # under another name
gand models                                                   # what there is
gand models delete people                                     # and what there was
gand models delete copy
