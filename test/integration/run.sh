#!/bin/sh
# Bazel's entry: run.sh SCRIPT [arguments], from the runfiles root. No bytecode in the source tree.
PYTHONDONTWRITEBYTECODE=1 exec python3 "$@"
