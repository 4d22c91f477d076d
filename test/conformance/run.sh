#!/bin/sh
# Bazel's entry: run.sh SCRIPT [arguments], from the runfiles root. No bytecode in the source tree.
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=test/conformance:test/integration/envoy_diff exec python3 "$@"
