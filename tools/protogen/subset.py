"""Reads api/xds-subset.tsv into messages, enums and services.

A row names one field, enum value, method or empty message by its full name; this module puts the
rows of the wanted phases back together as one tree per proto file, in the order of the table.
"""

import csv
import dataclasses
import os

# Phases of the table that are emitted. Each phase is closed: it refers only to itself and to
# earlier ones, so a phase can be added here as a whole (with comments for all its messages).
PHASES = ("P1",)


@dataclasses.dataclass
class Field:
    name: str
    number: int
    type: str  # as in the table: "string", "repeated enum X", "map<string,X>"
    oneof: str  # empty outside a oneof
    deprecated: bool
    rule: str  # empty where the API states no constraint


@dataclasses.dataclass
class Enum:
    full_name: str
    values: list  # of (name, number, deprecated)


@dataclasses.dataclass
class Message:
    full_name: str
    fields: list = dataclasses.field(default_factory=list)
    nested: list = dataclasses.field(default_factory=list)  # of Message and Enum


@dataclasses.dataclass
class Service:
    full_name: str
    methods: list = dataclasses.field(default_factory=list)  # of (name, request, response)


@dataclasses.dataclass
class File:
    path: str  # from api/, as importers write it
    messages: list = dataclasses.field(default_factory=list)
    enums: list = dataclasses.field(default_factory=list)
    services: list = dataclasses.field(default_factory=list)

    @property
    def package(self):
        return os.path.dirname(self.path).replace("/", ".")


class Subset:
    """All emitted files, and every message and enum by full name."""

    def __init__(self, table):
        self.files = {}  # path -> File
        self.file_of = {}  # full name of a message or enum -> path
        self.types = {}  # full name -> Message or Enum
        self._services = {}
        with open(table, encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
                if row["phase"] in PHASES:
                    self._add(row)

    def _add(self, row):
        path, name = row["proto_file"], row["name"]
        file = self.files.setdefault(path, File(path))
        if not name.startswith(file.package + "."):
            raise ValueError(f"{name} is not in the package of {path}")
        if row["kind"] == "method":
            self._add_method(file, name, row)
        elif row["kind"] == "enum_value":
            value = (row["member"], int(row["number"]), row["deprecated"] == "1")
            self._enum(file, name).values.append(value)
        elif row["kind"] == "field":
            self._message(file, name).fields.append(Field(
                name=row["member"], number=int(row["number"]), type=row["type"],
                oneof=_absent_as_empty(row["oneof"]), deprecated=row["deprecated"] == "1",
                rule=_absent_as_empty(row["rule"])))
        elif row["kind"] == "message":
            self._message(file, name)
        else:
            raise ValueError(f"unknown kind {row['kind']!r} of {name}")

    def _add_method(self, file, name, row):
        if name not in self._services:
            self._services[name] = Service(name)
            file.services.append(self._services[name])
        request, response = row["type"].split(" -> ")
        self._services[name].methods.append((row["member"], request, response))

    def _message(self, file, full_name):
        if full_name not in self.types:
            self._place(file, Message(full_name))
        return self.types[full_name]

    def _enum(self, file, full_name):
        if full_name not in self.types:
            self._place(file, Enum(full_name, []))
        return self.types[full_name]

    def _place(self, file, item):
        """Registers `item` and hangs it into its parent message or into the file."""
        self.types[item.full_name] = item
        self.file_of[item.full_name] = file.path
        parent = item.full_name.rpartition(".")[0]
        if parent != file.package:
            self._message(file, parent).nested.append(item)
        elif isinstance(item, Message):
            file.messages.append(item)
        else:
            file.enums.append(item)


def _absent_as_empty(cell):
    return "" if cell == "-" else cell
