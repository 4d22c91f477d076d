#!/bin/bash
# Runs the measurements with the proxy built beside them: run.sh PROGRAM PROXY [FLAG...]
set -euo pipefail
program=$1 proxy=$2
shift 2
exec "$program" --proxy "$PWD/$proxy" "$@"
