"""HTTP/1.1 parsers for the two ends of a test; they share nothing with the product.

The strict parser accepts only what RFC 9112 lets a sender produce, so bytes which it takes can be
read in one way only. The lax one reads the way careless servers do: if the proxy ever lets a
smuggled request through, the lax upstream will see it as a request of its own.
"""

import re
import zlib
from dataclasses import dataclass

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(" + _TOKEN + rb") ([\x21-\x7e]+) (HTTP/1\.[01])")
_STATUS_LINE = re.compile(rb"(HTTP/1\.[01]) ([1-5][0-9][0-9]) ([\t \x21-\x7e]*)")
_FIELD = re.compile(rb"(" + _TOKEN + rb"):[ \t]*([\t \x21-\x7e\x80-\xff]*?)[ \t]*")
_CHUNK_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")


class Violation(Exception):
    """The peer wrote something that a sender must not write."""


@dataclass(frozen=True)
class Message:
    """A request or response; `complete` is False when the bytes end inside the body."""

    start: tuple  # method, target, version | version, status, reason
    fields: tuple  # (lower-case name, value) in order
    body: bytes
    trailers: tuple
    complete: bool
    length: int  # bytes used, head included

    def all(self, name):
        return [value for key, value in self.fields if key == name]

    def first(self, name, default=b""):
        return next(iter(self.all(name)), default)

    @property
    def status(self):
        return int(self.start[1])


def echo(method, target, host, body):
    """The body by which the upstream answers a request, so that mixed-up answers show."""
    return b"%s %s %s %d %08x\n" % (method, target, host, len(body), zlib.crc32(body))


def _split_head(data):
    end = data.find(b"\r\n\r\n")
    return (None, 0) if end < 0 else (data[:end].split(b"\r\n"), end + 4)


def _fields(lines):
    fields = []
    for line in lines:
        match = _FIELD.fullmatch(line)
        if not match:
            raise Violation("bad field line %r" % line[:200])
        fields.append((match[1].lower(), match[2]))
    return tuple(fields)


def _chunked(data, at):
    """Returns (body, trailers, end); end is None when the data stops early."""
    body = b""
    while True:
        line_end = data.find(b"\r\n", at)
        if line_end < 0:
            return body, (), None
        line = data[at:line_end]
        if not _CHUNK_SIZE.fullmatch(line):
            raise Violation("bad chunk line %r" % line[:100])
        size, at = int(line, 16), line_end + 2
        if size == 0:
            return (body, *_trailers(data, at))
        body += data[at : at + size]
        if len(data) < at + size + 2:
            return body, (), None
        if data[at + size : at + size + 2] != b"\r\n":
            raise Violation("chunk of %d not followed by CRLF" % size)
        at += size + 2


def _trailers(data, at):
    if data[at : at + 2] == b"\r\n":
        return (), at + 2
    end = data.find(b"\r\n\r\n", at)
    if end < 0:
        return (), None
    return _fields(data[at:end].split(b"\r\n")), end + 4


def _framing(fields):
    """Returns 'chunked', a length, or None; RFC 9112 6.3 as a sender must obey it."""
    lengths = [v for n, v in fields if n == b"content-length"]
    codings = [v for n, v in fields if n == b"transfer-encoding"]
    if codings:
        if codings != [b"chunked"] or lengths:
            raise Violation("framing fields %r %r" % (codings, lengths))
        return "chunked"
    if not lengths:
        return None
    if len(lengths) > 1 or not re.fullmatch(rb"0|[1-9][0-9]{0,18}", lengths[0]):
        raise Violation("content-length %r" % lengths)
    return int(lengths[0])


def _finish(start, fields, data, at, framing):
    if framing == "chunked":
        body, trailers, end = _chunked(data, at)
        return Message(start, fields, body, trailers, end is not None, end or len(data))
    body = data[at : at + framing]
    return Message(start, fields, body, (), len(body) == framing, at + len(body))


def strict_request(data):
    """The first request of `data`, or None while its head is incomplete. Raises Violation."""
    lines, at = _split_head(data)
    if lines is None:
        return None
    match = _REQUEST_LINE.fullmatch(lines[0])
    if not match:
        raise Violation("bad request line %r" % lines[0][:200])
    fields = _fields(lines[1:])
    if len([1 for name, _ in fields if name == b"host"]) != 1:
        raise Violation("not exactly one host: %r" % (fields,))
    return _finish(match.groups(), fields, data, at, _framing(fields) or 0)


def lax_request(data):
    """As strict_request, read the careless way: any line end, any spacing, last length wins."""
    skipped = len(data) - len(data.lstrip(b"\r\n"))
    head = re.match(rb"(.*?)\r?\n\r?\n", data[skipped:], re.S)
    if not head:
        return None
    lines = head[1].replace(b"\r", b"").split(b"\n")
    start = tuple((lines[0].split() + [b"", b"", b""])[:3])
    fields = []
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        fields.append((name.strip().lower().replace(b"_", b"-"), value.strip()))
    at, framing = skipped + head.end(), 0
    for name, value in fields:
        digits = re.match(rb"\D*(\d+)", value)
        if name == b"content-length" and framing != "chunked" and digits:
            framing = int(digits[1])
        if name == b"transfer-encoding" and b"chunked" in value.lower():
            framing = "chunked"
    try:
        return _finish(start, tuple(fields), data, at, framing)
    except Violation:
        return Message(start, tuple(fields), b"", (), True, at)


def response(data, to_head, ended):
    """The first response of `data`, or None while it is incomplete. Raises Violation.

    `to_head`: it answers HEAD. `ended`: no byte will follow, so a body without length is whole.
    """
    lines, at = _split_head(data)
    if lines is None:
        return None
    match = _STATUS_LINE.fullmatch(lines[0])
    if not match:
        raise Violation("bad status line %r" % lines[0][:200])
    fields, status = _fields(lines[1:]), int(match[2])
    framing = _framing(fields)
    if to_head or status < 200 or status in (204, 304):
        return Message(match.groups(), fields, b"", (), True, at)
    if framing is None:
        body = data[at:]
        return Message(match.groups(), fields, body, (), True, len(data)) if ended else None
    message = _finish(match.groups(), fields, data, at, framing)
    return message if message.complete or ended else None
