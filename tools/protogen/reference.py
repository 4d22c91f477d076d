#!/usr/bin/env python3
"""Writes docs/api.md, the reference of the northbound API, from its protos and their comments.

Usage, from the root of the repository:
  tools/protogen/reference.py          write docs/api.md
  tools/protogen/reference.py --check  change nothing; exit 1 if it differs

Reads the protos as text, in the shape they are written in here: one declaration a line, comments above
it or behind it. A line it does not understand is an error, so nothing is left out silently.
"""

import argparse
import dataclasses
import pathlib
import re
import sys

FILES = ("config_service", "revision_service", "insight_service", "registry_service",
         "object", "gateway", "api", "route", "service")
INTRO = """# The API

Written by `tools/protogen/reference.py` from `api/sluice/v1/*.proto`; change those.

Package `sluice.v1`, gRPC, on the address of `sluice-control --api`; reflection and health checks are on.
In YAML and JSON the names of fields are those below. A field that is absent has the zero of its type
unless its text says more; durations are written as `3s`. Kinds and fields may be added; names, numbers and
meanings stay.
"""
_BLOCK = re.compile(r"(service|message|enum|oneof) (\w+) \{(\})?$")
_RPC = re.compile(r"rpc (\w+)\((\w+)\) returns \((stream )?(\w+)\);$")
_FIELD = re.compile(r"(repeated |optional )?(map<[^>]+>|[\w.]+) (\w+) = (\d+);$")
_VALUE = re.compile(r"(\w+) = (\d+);$")
_SKIPPED = re.compile(r"(syntax|package|import) ?.*;$")


@dataclasses.dataclass
class Entry:
  """A row: an rpc, a field or an enum's value."""
  name: str
  kind: str   # type or signature; "" for a value
  number: str
  text: list  # lines of comment
  oneof: str = ""


@dataclasses.dataclass
class Item:
  """A service, message or enum; a nested one is named "Outer.Inner"."""
  kind: str
  name: str
  text: list
  entries: list = dataclasses.field(default_factory=list)


class Parser:
  """One file -> its first comment and its items in order."""

  def __init__(self, path):
    self.path = path
    self.head, self.items = [], []
    self._open = []      # blocks around the line: Item, or the name of a oneof
    self._comment = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
      if not self._line(line.strip()):
        raise ValueError(f"{path}:{number}: not understood: {line}")

  def _line(self, line):
    if not line:
      self.head = self.head or self._comment
      self._comment = []
      return True
    if line.startswith("//"):
      self._comment.append(line[3:])
      return True
    code, _, behind = (part.strip() for part in line.partition("//"))
    text = self._comment + ([behind] if behind else [])
    self._comment = []
    return bool(self._block(code, text) or self._entry(code, text) or _SKIPPED.match(code))

  def _block(self, code, text):
    if code == "}":
      return self._open.pop() is not None
    match = _BLOCK.match(code)
    if not match:
      return False
    kind, name, closed = match.groups()
    if kind == "oneof":
      self._open.append(name)
      return True
    outer = "".join(f"{block.name}." for block in self._open[-1:])
    item = Item(kind, outer + name, text)
    self.items.append(item)
    if not closed:
      self._open.append(item)
    return True

  def _entry(self, code, text):
    blocks = [block for block in self._open if isinstance(block, Item)]
    if not blocks:
      return False
    if match := _RPC.match(code):
      name, request, stream, response = match.groups()
      entry = Entry(name, f"{request} -> {stream or ''}{response}", "", text)
    elif match := _FIELD.match(code):
      repeated, kind, name, number = match.groups()
      entry = Entry(name, (repeated or "") + kind, number, text)
      entry.oneof = self._open[-1] if isinstance(self._open[-1], str) else ""
    elif blocks[-1].kind == "enum" and (match := _VALUE.match(code)):
      entry = Entry(match[1], "", match[2], text)
    else:
      return False
    blocks[-1].entries.append(entry)
    return True


def prose(lines):
  """Comment lines as paragraphs; an indented line ("  CODE  what") is an item of a list."""
  out = []
  for line in lines:
    if line.startswith("  "):
      word, _, rest = line.strip().partition(" ")
      out.append(f"- `{word}`: {rest.strip()}")
    elif line and out and out[-1] and not out[-1].startswith("- "):
      out[-1] += " " + line
    else:
      out += ["", line] if out and out[-1].startswith("- ") else [line]
  return out


def cell(entry):
  text = " ".join(entry.text)
  if entry.oneof:
    text = f"One of `{entry.oneof}`. {text}".strip()
  return text.replace("|", "\\|")


def render_item(item, anchors):
  """`anchors`: names of messages and enums, as they are written in their own file, to headings."""

  def link(match):
    name = match.group()
    target = anchors.get(f"{item.name}.{name}") or anchors.get(name)
    return f"[{name}](#{target})" if target else name

  def linked(kind):
    if "<" in kind:
      return f"`{kind}`"
    return re.sub(r"(?<![\w.])\w+(?![\w.])", link, kind.replace("google.protobuf.", ""))

  title = f"service {item.name}" if item.kind == "service" else item.name
  lines = [f"### {title}", ""]
  if item.text:
    lines += prose(item.text) + [""]
  if item.kind == "service":
    for entry in item.entries:
      first, *rest = prose(entry.text) or [""]
      lines.append(f"**{entry.name}**: {linked(entry.kind)}. {first}".rstrip())
      lines += ([""] if rest and rest[0].startswith("- ") else []) + rest + [""]
    return lines
  if item.kind == "enum":
    lines += ["| value | number | |", "|---|---|---|"]
    return lines + [f"| `{e.name}` | {e.number} | {cell(e)} |" for e in item.entries] + [""]
  if not item.entries:
    return lines + ["Empty.", ""]
  lines += ["| field | type | number | |", "|---|---|---|---|"]
  return lines + [f"| `{e.name}` | {linked(e.kind)} | {e.number} | {cell(e)} |"
                  for e in item.entries] + [""]


def render(folder):
  """The whole page, from the protos in `folder`."""
  unknown = {path.stem for path in folder.glob("*.proto")} ^ set(FILES)
  if unknown:
    raise ValueError(f"FILES of reference.py and {folder} differ in {', '.join(sorted(unknown))}")
  files = [Parser(folder / f"{name}.proto") for name in FILES]
  anchors = {item.name: item.name.replace(".", "").lower()
             for file in files for item in file.items if item.kind != "service"}
  lines = [INTRO]
  for file in files:
    lines += [f"## {file.path.name}", ""] + prose(file.head) + [""]
    for item in file.items:
      lines += render_item(item, anchors)
  return "\n".join(lines).rstrip() + "\n"


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--check", action="store_true", help="compare, write nothing")
  parser.add_argument("--protos", type=pathlib.Path, default=pathlib.Path("api/sluice/v1"))
  parser.add_argument("--page", type=pathlib.Path, default=pathlib.Path("docs/api.md"))
  args = parser.parse_args()
  text = render(args.protos)
  if not args.check:
    args.page.write_text(text, encoding="utf-8", newline="")
    return 0
  if args.page.is_file() and args.page.read_text(encoding="utf-8") == text:
    return 0
  print(f"{args.page} is not what tools/protogen/reference.py writes", file=sys.stderr)
  return 1


if __name__ == "__main__":
  sys.exit(main())
