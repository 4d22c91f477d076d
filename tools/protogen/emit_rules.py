#!/usr/bin/env python3
"""Writes api/check/rules_table.cc: the `rule` column of the subset as data for api/check.

Usage, from the root of the repository:
  tools/protogen/emit_rules.py          write the file
  tools/protogen/emit_rules.py --check  change nothing; exit 1 if it differs

Input: api/xds-subset.tsv. The rows of the emitted phases give rules; the fields of later phases in
emitted messages give names for what is not implemented yet. What api/check holds for every message
anyway is left out: enum values are known ones, durations are not negative.
"""

import argparse
import csv
import pathlib
import sys

import rules
from subset import PHASES, Message, Subset

WIDTH = 100
_HEAD = """\
// Written by tools/protogen/emit_rules.py from api/xds-subset.tsv.
#include "api/check/rules_table.h"

namespace sluice::api {
namespace {

using enum RuleKind;

// clang-format off
"""
_RULES = "constexpr RuleRow kRules[] = {\n"
_NAMES = "constexpr LaterField kLaterFields[] = {\n"
_FOOT = """\
// clang-format on

}  // namespace

std::span<const RuleRow> RuleTable() { return kRules; }

std::span<const LaterField> LaterFields() { return kLaterFields; }

}  // namespace sluice::api
"""

_NUMBERS = {"gt": "kGt", "gte": "kGte", "lt": "kLt", "lte": "kLte", "min_len": "kMinLen",
            "max_len": "kMaxLen", "max_bytes": "kMaxBytes", "min_items": "kMinItems",
            "max_items": "kMaxItems", "not_in": "kNotIn"}
_NEVER_NEGATIVE = ("uint32", "uint64", "string", "bytes")


def field_rules(field):
    """The calls that state the rules of one field, but for a required oneof."""
    out = []
    for kind, constraints in rules.parse(field.rule):
        if kind == "oneof_required":
            continue
        if kind == "repeated":
            out += _repeated(field, constraints)
        elif kind == "map":
            (name, value), = constraints
            if name != "keys":
                raise ValueError(f"unknown rule of a map: {field.rule}")
            out += _scalar(field, "OnKey", *value[0])
        else:
            out += _scalar(field, "On", kind, constraints)
    return out


def _repeated(field, constraints):
    out = []
    for name, value in constraints:
        if name == "items":
            out += _scalar(field, "OnItem", *value[0])
        elif name == "unique":
            out.append(f"On({field.number}, kUnique)")
        else:
            out.append(f"On({field.number}, {_NUMBERS[name]}, {value})")
    return out


def _scalar(field, call, kind, constraints):
    lax = ("strict", "false") in constraints
    choices = [value.strip('"') for name, value in constraints if name == "in"]
    out = [_choice(field, call, choices)] if choices else []
    for name, value in constraints:
        if name in ("in", "strict") or (name, value) == ("defined_only", "true"):
            continue
        if name in ("gte", "min_len") and value == "0" and kind in _NEVER_NEGATIVE:
            continue
        if kind == "duration" and (name, value) == ("gte", []):
            continue
        if name == "required":
            # A member of a oneof that is not set is none, and one that is set is there.
            if not field.oneof:
                out.append(f"{call}({field.number}, kRequired)")
        elif name == "ignore_empty":
            out.append(f"{call}({field.number}, kIgnoreEmpty)")
        elif name == "const" and kind == "bool":
            out.append(f"{call}({field.number}, kConst, {int(value == 'true')})")
        elif name == "well_known_regex":
            known = "kHeaderText" if lax else \
                "kHeaderName" if value == "HTTP_HEADER_NAME" else "kHeaderValue"
            out.append(f"{call}({field.number}, {known})")
        elif name == "pattern":
            out.append(f'{call}({field.number}, kPattern, 0, {value})')
        else:
            number = _nanoseconds(value) if kind == "duration" else int(value)
            out.append(f"{call}({field.number}, {_NUMBERS[name]}, {number})")
    return out


def _choice(field, call, choices):
    if any("|" in choice for choice in choices):
        raise ValueError(f"'|' separates choices: {field.rule}")
    return f'{call}({field.number}, kIn, 0, "{"|".join(choices)}")'


def _nanoseconds(parts):
    total = {name: int(value) for name, value in parts}
    return total.get("seconds", 0) * 10**9 + total.get("nanos", 0)


def message_rules(message):
    out, oneofs = [], set()
    for field in sorted(message.fields, key=lambda f: f.number):
        if rules.requires_oneof(field.rule) and field.oneof not in oneofs:
            oneofs.add(field.oneof)
            out.append(f"On({field.number}, kOneof)")
        out += field_rules(field)
    return out


def heading(name):
    line = f'    Of("{name}"),'
    if len(line) <= WIDTH:
        return [line]
    package, dot, tail = name.rpartition(".")
    return [f'    Of("{package}{dot}"', f'       "{tail}"),']


def wrap(items, indent):
    """Items with commas in lines of at most WIDTH; an item too long alone gets split literals."""
    lines, line = [], indent
    for item in items:
        if len(line) + len(item) + 1 > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = indent
        if len(indent) + len(item) + 1 > WIDTH:
            lines += _split_literal(item + ",", indent)
            continue
        line += item + ", "
    return lines + ([line.rstrip()] if line.strip() else [])


def _split_literal(item, indent):
    head, _, tail = item.partition('"')
    lines, room = [indent + head.rstrip()], WIDTH - len(indent) - 6
    while len(tail) > room:
        cut = tail.rindex("|", 0, room) + 1
        lines.append(f'{indent}    "{tail[:cut]}"')
        tail = tail[cut:]
    return lines + [f'{indent}    "{tail}']


def later_fields(table, messages):
    """(message, number, name) of fields that a later phase adds to emitted messages."""
    with open(table, encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return sorted((row["name"], int(row["number"]), row["member"]) for row in rows
                      if row["kind"] == "field" and row["phase"] not in PHASES
                      and row["name"] in messages)


def emit(table):
    subset = Subset(table)
    messages = {name: item for name, item in subset.types.items() if isinstance(item, Message)}
    lines = []
    for name in sorted(messages):
        stated = message_rules(messages[name])
        if stated:
            lines += heading(name)
            lines += wrap(stated, "      ")
    text = _HEAD + _RULES + "\n".join(lines) + "\n};\n\n" + _NAMES
    for name, number, member in later_fields(table, messages):
        line = f'    {{"{name}", {number}, "{member}"}},'
        if len(line) > WIDTH:
            line = f'    {{"{name}",\n     {number}, "{member}"}},'
        text += line + "\n"
    return text + "};\n" + _FOOT


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--api", type=pathlib.Path, default=pathlib.Path("api"))
    args = parser.parse_args()
    path, text = args.api / "check/rules_table.cc", emit(args.api / "xds-subset.tsv")
    same = path.is_file() and path.read_text(encoding="utf-8") == text
    if args.check:
        if not same:
            print(f"{path} is not what tools/protogen/emit_rules.py writes", file=sys.stderr)
        return 0 if same else 1
    if not same:
        path.write_text(text, encoding="utf-8", newline="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
