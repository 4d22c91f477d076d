#!/bin/bash
# The committed rule table is byte for byte what tools/protogen/emit_rules.py writes, it tells a
# changed and a missing one, and it understands the rules of all phases.
set -u

emit=tools/protogen/emit_rules.py
export PYTHONDONTWRITEBYTECODE=1

fail() {
  echo "FAILED: $1" >&2
  exit 1
}

python3 "$emit" --check --api api || fail "emitting again gives another file"

copy="$TEST_TMPDIR/api"
mkdir -p "$copy/check" && cp -L api/xds-subset.tsv "$copy/"
python3 "$emit" --check --api "$copy" 2>/dev/null && fail "a missing file passes"
python3 "$emit" --api "$copy" && cmp "$copy/check/rules_table.cc" api/check/rules_table.cc ||
  fail "writing does not give the committed file"
sed -i 's/kMinLen, 1/kMinLen, 2/' "$copy/check/rules_table.cc"
python3 "$emit" --check --api "$copy" 2>/dev/null && fail "a changed file passes"

# An unknown rule must stop the generator, never be left out.
sed -i 's/uint32{lte=65535}/uint32{odd=65535}/' "$copy/xds-subset.tsv"
python3 "$emit" --check --api "$copy" 2>/dev/null
[ $? -eq 1 ] || fail "an unknown rule ends in another way than an error"
python3 "$emit" --api "$copy" 2>/dev/null && fail "an unknown rule is left out"

# Rules of later phases can be written down already.
python3 -c "
import sys; sys.path.insert(0, 'tools/protogen')
import subset; subset.PHASES = ('P1', 'P2', 'P3')
import emit_rules; assert 'kConst' in emit_rules.emit('api/xds-subset.tsv')" ||
  fail "the rules of all phases cannot be written"
echo PASSED
