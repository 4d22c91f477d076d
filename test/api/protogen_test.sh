#!/bin/bash
# The committed protos are byte for byte what tools/protogen/emit.py writes, and it tells a changed,
# a missing and a left-over file.
set -u

emit=tools/protogen/emit.py
export PYTHONDONTWRITEBYTECODE=1

check() { python3 "$emit" --check --api "$1" 2>"$TEST_TMPDIR/stderr"; }

fail() {
  echo "FAILED: $1" >&2
  cat "$TEST_TMPDIR/stderr" >&2
  exit 1
}

refuses() {
  check "$copy" && fail "$1 passes"
  grep -q "$2" "$TEST_TMPDIR/stderr" || fail "$1 is not named"
}

check api || fail "emitting again gives other files"

copy="$TEST_TMPDIR/api"
path=envoy/config/route/v3/route.proto
cp -RL api "$copy" && chmod -R u+w "$copy"
check "$copy" || fail "a copy of api/ does not pass"

sed -i 's/string name = 1;/string name = 2;/' "$copy/$path"
refuses "a changed number" "$path"
rm "$copy/$path"
refuses "a missing file" "$path"
python3 "$emit" --api "$copy" >/dev/null && check "$copy" || fail "writing does not mend it"
cmp -s "$copy/$path" "api/$path" || fail "the mended file differs"
touch "$copy/envoy/old.proto"
refuses "a left-over file" envoy/old.proto
