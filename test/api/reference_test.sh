#!/bin/bash
# docs/api.md is what tools/protogen/reference.py writes from the protos, and it tells a page that is
# not, a proto that it does not list and a line that it does not understand.
set -u

reference=tools/protogen/reference.py
export PYTHONDONTWRITEBYTECODE=1
protos="$TEST_TMPDIR/v1"
page="$TEST_TMPDIR/api.md"

fail() {
  echo "FAILED: $1" >&2
  cat "$TEST_TMPDIR/stderr" >&2
  exit 1
}

check() { python3 "$reference" --check --protos "$protos" --page "$page" 2>"$TEST_TMPDIR/stderr"; }

refuses() {
  check && fail "$1 passes"
  grep -q "$2" "$TEST_TMPDIR/stderr" || fail "$1 is not named"
}

python3 "$reference" --check 2>"$TEST_TMPDIR/stderr" || fail "the page is not up to date: run $reference"

cp -RL api/sluice/v1 "$protos" && chmod -R u+w "$protos"
cp docs/api.md "$page" && chmod u+w "$page"
check || fail "a copy does not pass"

sed -i 's/string reason = 5;/string reason = 7;/' "$protos/config_service.proto"
refuses "a changed number" api.md
python3 "$reference" --protos "$protos" --page "$page" && check || fail "writing does not mend it"
grep -q '| `reason` | string | 7 | Why; at most 1 KiB. |' "$page" || fail "the field is not in the page"

echo 'option java_package = "x";' >>"$protos/route.proto"
refuses "a line that is not understood" route.proto
sed -i '$d' "$protos/route.proto"
touch "$protos/policy.proto"
refuses "a proto that is not listed" policy
