#!/bin/bash
# Runs a scenario with the programs built beside it: run.sh SCENARIO CONTROL PROXY [FLAG...]
set -euo pipefail
scenario=$1 control=$2 proxy=$3
shift 3
exec "$scenario" --control "$PWD/$control" --proxy "$PWD/$proxy" "$@"
