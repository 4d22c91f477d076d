#!/usr/bin/env python3
"""Writes the .proto and BUILD.bazel files of the xDS subset under api/.

Usage, from the root of the repository:
  tools/protogen/emit.py          write all files, delete emitted ones that left the subset
  tools/protogen/emit.py --check  change nothing; exit 1 naming files that differ

Inputs: api/xds-subset.tsv (names, numbers, types, rules) and api/comments.tsv (our words).
The output depends on nothing else, so two runs give the same bytes.
"""

import argparse
import pathlib
import sys

import build_files
from render import Renderer
from subset import Enum, Message, Subset

ROOTS = ("envoy", "google", "opentelemetry", "udpa", "xds")  # below api/, the emitter's alone


def read_comments(path):
    """Full name -> text. Lines: "name<TAB>text", ".member<TAB>text", "# ..." or empty."""
    comments, owner = {}, ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, text = line.split("\t")
        if name.startswith("."):
            name = owner + name
        else:
            owner = name
        if name in comments:
            raise ValueError(f"{path}: two comments for {name}")
        comments[name] = text
    return comments


def check_comments(subset, comments):
    """Every message, enum and service has a comment, and no comment lacks its object."""
    needed, known = set(subset.types), set(subset.types) | set(subset.files)
    for name, item in subset.types.items():
        if isinstance(item, Message):
            known.update(f"{name}.{f.name}" for f in item.fields)
            known.update(f"{name}.{f.oneof}" for f in item.fields if f.oneof)
        elif isinstance(item, Enum):
            known.update(f"{name}.{value}" for value, _, _ in item.values)
    for file in subset.files.values():
        for service in file.services:
            needed.add(service.full_name)
            known.add(service.full_name)
            known.update(f"{service.full_name}.{m}" for m, _, _ in service.methods)
    problems = [f"no comment for {name}" for name in sorted(needed - set(comments))]
    problems += [f"comment for unknown {name}" for name in sorted(set(comments) - known)]
    if problems:
        raise ValueError("api/comments.tsv:\n  " + "\n  ".join(problems))


def emit(api):
    """Returns path below api/ -> content of every emitted file."""
    subset = Subset(api / "xds-subset.tsv")
    comments = read_comments(api / "comments.tsv")
    check_comments(subset, comments)
    renderer = Renderer(subset, comments)
    files = {path: renderer.render(file) for path, file in subset.files.items()}
    imports = {path: renderer.imports(file) for path, file in subset.files.items()}
    files.update(build_files.render(subset, imports))
    return files


def present(api):
    return {str(path.relative_to(api)) for root in ROOTS for path in (api / root).rglob("*")
            if path.is_file()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--api", type=pathlib.Path, default=pathlib.Path("api"))
    args = parser.parse_args()
    files = emit(args.api)
    stale = sorted(present(args.api) - set(files))
    changed = [path for path, text in sorted(files.items())
               if not (args.api / path).is_file()
               or (args.api / path).read_bytes() != text.encode()]
    if args.check:
        for path in stale + changed:
            print(f"{path} is not what tools/protogen/emit.py writes", file=sys.stderr)
        return 1 if stale or changed else 0
    for path in stale:
        (args.api / path).unlink()
    for path in changed:
        (args.api / path).parent.mkdir(parents=True, exist_ok=True)
        (args.api / path).write_text(files[path], encoding="utf-8", newline="")
    print(f"{len(files)} files, {len(changed)} written, {len(stale)} deleted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
