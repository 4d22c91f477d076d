"""Turns one file of the subset into proto3 text."""

import re
import textwrap

import rules
from subset import Message

WIDTH = 100
_HEADER = "// Written by tools/protogen/emit.py from api/xds-subset.tsv and api/comments.tsv."
_SCALARS = {"bool", "bytes", "double", "float", "int32", "int64", "string", "uint32", "uint64"}
_WELL_KNOWN = {
    "Any": "any", "Duration": "duration", "Empty": "empty", "Struct": "struct",
    "Timestamp": "timestamp", "Value": "struct",
}
# C++20 keywords that protoc 3.21 does not escape. The wire and JSON keep the official name.
_KEYWORDS = {"requires"}


class Renderer:
    """Renders files of `subset`; `comments` maps full names (member names added with a dot)."""

    def __init__(self, subset, comments):
        self._subset = subset
        self._comments = comments

    def render(self, file):
        lines = [_HEADER]
        lines += self._comment(file.path, "")
        lines += ["", 'syntax = "proto3";', "", f"package {file.package};", ""]
        lines += [f'import "{path}";' for path in self.imports(file)]
        if lines[-1]:
            lines.append("")
        for enum in file.enums:
            lines += self._enum(enum, "") + [""]
        for message in file.messages:
            lines += self._message(message, "") + [""]
        for service in file.services:
            lines += self._service(service) + [""]
        return "\n".join(lines)

    def imports(self, file):
        """Paths imported by `file`, sorted, as they stand in an import line."""
        paths = set()
        for name in _referenced(file):
            if name.startswith("google.protobuf."):
                stem = _WELL_KNOWN.get(name.rpartition(".")[2], "wrappers")
                paths.add(f"google/protobuf/{stem}.proto")
            else:
                paths.add(self._subset.file_of[name])
        return sorted(paths - {file.path})

    def _comment(self, key, indent):
        text = self._comments.get(key, "")
        prefix = indent + "// "
        return textwrap.wrap(text, WIDTH, initial_indent=prefix, subsequent_indent=prefix,
                             break_long_words=False, break_on_hyphens=False)

    def _enum(self, enum, indent):
        name = enum.full_name.rpartition(".")[2]
        lines = self._comment(enum.full_name, indent) + [f"{indent}enum {name} {{"]
        numbers = [number for _, number, _ in enum.values]
        if len(set(numbers)) < len(numbers):
            lines.append(f"{indent}  option allow_alias = true;")
        # proto3 wants zero first; the rest keeps ascending order.
        for value, number, deprecated in sorted(enum.values, key=lambda v: v[1]):
            lines += self._comment(f"{enum.full_name}.{value}", indent + "  ")
            option = " [deprecated = true]" if deprecated else ""
            lines.append(f"{indent}  {value} = {number}{option};")
        return lines + [indent + "}"]

    def _message(self, message, indent):
        name = message.full_name.rpartition(".")[2]
        lines = self._comment(message.full_name, indent)
        if not message.fields and not message.nested:
            return lines + [f"{indent}message {name} {{}}"]
        lines.append(f"{indent}message {name} {{")
        for item in message.nested:
            render = self._message if isinstance(item, Message) else self._enum
            lines += render(item, indent + "  ") + [""]
        lines += self._fields(message, indent + "  ")
        if not lines[-1]:
            lines.pop()
        return lines + [indent + "}"]

    def _fields(self, message, indent):
        """Fields by number; a oneof stands where its first member would."""
        lines, done = [], set()
        for field in sorted(message.fields, key=lambda f: f.number):
            if not field.oneof:
                lines += self._field(message, field, indent)
            elif field.oneof not in done:
                done.add(field.oneof)
                lines += self._oneof(message, field.oneof, indent)
        return lines

    def _oneof(self, message, oneof, indent):
        members = [f for f in message.fields if f.oneof == oneof]
        lines = self._comment(f"{message.full_name}.{oneof}", indent)
        required = any(rules.requires_oneof(f.rule) for f in members)
        mark = "  // Required." if required else ""
        lines.append(f"{indent}oneof {oneof} {{{mark}")
        for field in sorted(members, key=lambda f: f.number):
            lines += self._field(message, field, indent + "  ")
        return lines + [indent + "}"]

    def _field(self, message, field, indent):
        name, options = field.name, []
        if name in _KEYWORDS:
            name, options = name + "_", [f'json_name = "{field.name}"']
        if field.deprecated:
            options.append("deprecated = true")
        kind = self._type(message.full_name, field.type)
        suffix = f" [{', '.join(options)}]" if options else ""
        line = f"{indent}{kind} {name} = {field.number}{suffix};"
        if len(line) > WIDTH:
            line = f"{indent}{kind}\n{indent}    {name} = {field.number}{suffix};"
        lines = self._comment(f"{message.full_name}.{field.name}", indent)
        rule = rules.describe(field.rule)
        if not rule:
            return lines + [line]
        if len(line) + len(rule) + 5 <= WIDTH:
            return lines + [f"{line}  // {rule}"]
        wrapped = textwrap.wrap(rule, WIDTH, initial_indent=indent + "// ",
                                subsequent_indent=indent + "// ")
        return lines + wrapped + [line]

    def _service(self, service):
        name = service.full_name.rpartition(".")[2]
        lines = self._comment(service.full_name, "") + [f"service {name} {{"]
        for method, request, response in service.methods:
            lines += self._comment(f"{service.full_name}.{method}", "  ")
            sides = [self._side(service.full_name, side) for side in (request, response)]
            line = f"  rpc {method}({sides[0]}) returns ({sides[1]});"
            if len(line) > WIDTH:
                line = f"  rpc {method}({sides[0]})\n      returns ({sides[1]});"
            lines.append(line)
        return lines + ["}"]

    def _side(self, scope, side):
        stream, _, name = side.rpartition(" ")
        return (stream + " " if stream else "") + self._shorten(scope, name)

    def _type(self, scope, text):
        match = re.fullmatch(r"map<(\w+),(.+)>", text)
        if match:
            return f"map<{match[1]}, {self._type(scope, match[2])}>"
        repeated = "repeated " if text.startswith("repeated ") else ""
        name = text[len(repeated):]
        name = name[len("enum "):] if name.startswith("enum ") else name
        return repeated + (name if name in _SCALARS else self._shorten(scope, name))

    def _shorten(self, scope, name):
        """The shortest way to write `name` that protoc resolves to it from inside `scope`."""
        parts = name.split(".")
        for start in range(len(parts) - 1, 0, -1):
            if self._resolve(scope, ".".join(parts[start:])) == name:
                # A bare or nested name is only clear within one package.
                package = ".".join(p for p in parts if p[0].islower())
                if start >= package.count(".") + 1:
                    return ".".join(parts[start:])
        return name

    def _resolve(self, scope, name):
        """protoc's rule: the innermost scope that knows the first part decides."""
        first = name.split(".")[0]
        while True:
            if f"{scope}.{first}" in self._subset.types:
                return f"{scope}.{name}"
            if "." not in scope:
                return name
            scope = scope.rpartition(".")[0]


def _referenced(file):
    """Full names of all types that `file` uses."""
    def of_message(message):
        for field in message.fields:
            yield from re.findall(r"[a-z]\w*(?:\.\w+)+", field.type)
        for item in message.nested:
            if isinstance(item, Message):
                yield from of_message(item)

    for message in file.messages:
        yield from of_message(message)
    for service in file.services:
        for _, request, response in service.methods:
            yield from (request.split()[-1], response.split()[-1])
