"""Words for the `rule` column of the subset table: `uint32{lte=100}` becomes "At most 100."

The column holds the constraints the API states for a field, in a compact form:
`type{name=value name=value}`, nested for items, keys and durations, several joined by "; ".
An unknown constraint is an error, so that none is dropped unseen.
"""

import re

_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}=;]|[^\s{}=;"]+)')


def parse(rule):
    """Returns a list of (name, value); value is a string or, for braces, such a list."""
    tokens = _TOKEN.findall(rule)
    items, rest = _items(tokens)
    if rest:
        raise ValueError(f"unbalanced rule: {rule}")
    return items


def _items(tokens):
    items = []
    while tokens and tokens[0] != "}":
        name, tokens = tokens[0], tokens[1:]
        if name == ";":
            continue
        value = ""
        if tokens and tokens[0] == "=":
            value, tokens = tokens[1], tokens[2:]
        elif tokens and tokens[0] == "{":
            value, tokens = _items(tokens[1:])
            tokens = tokens[1:]
        items.append((name, value))
    return items, tokens


def describe(rule):
    """The rule as short sentences for a trailing comment; empty if the oneof says it all."""
    sentences = []
    for kind, constraints in parse(rule):
        if kind != "oneof_required":
            sentences += _phrases(kind, constraints)
    return " ".join(s[0].upper() + s[1:] + "." for s in sentences)


def requires_oneof(rule):
    return any(kind == "oneof_required" for kind, _ in parse(rule))


def _phrases(kind, constraints):
    known = dict(constraints)
    choices = [value for name, value in constraints if name == "in"]
    if choices:
        return ["one of " + ", ".join(choices)]
    if kind == "repeated":
        return _repeated(constraints)
    if kind == "map":
        return ["keys: " + "; ".join(_phrases(*known["keys"][0]))]
    if kind == "duration":
        required = ["required"] if known.pop("required", "") else []
        bounds = [(name, _seconds(value)) for name, value in known.items()]
        return required + _bounds(bounds)
    return _scalar(kind, constraints)


def _repeated(constraints):
    phrases = []
    for name, value in constraints:
        if name == "items":
            phrases.append("each: " + "; ".join(_phrases(*value[0])))
        elif name == "min_items":
            phrases.append("required" if value == "1" else f"at least {value}")
        elif name == "max_items":
            phrases.append(f"at most {value} entries")
        elif name == "unique":
            phrases.append("no duplicates")
        else:
            raise ValueError(f"unknown rule {name}")
    return phrases


_SIMPLE = {
    ("required", "true"): "required",
    ("defined_only", "true"): "known values only",
    ("min_len", "1"): "not empty",
    ("well_known_regex", "HTTP_HEADER_NAME"): "no NUL, CR or LF (header name)",
    ("well_known_regex", "HTTP_HEADER_VALUE"): "no NUL, CR or LF (header value)",
    ("ignore_empty", "true"): "may be empty",
    ("const", "true"): "true or absent",
    ("min_len", "0"): "",
}


def _scalar(kind, constraints):
    phrases, bounds = [], []
    strict = ("strict", "false") not in constraints
    for name, value in constraints:
        if name == "well_known_regex" and strict:
            phrases.append("characters of a header " + value.rpartition("_")[2].lower())
        elif (name, value) in _SIMPLE:
            phrases.append(_SIMPLE[name, value])
        elif name in ("gt", "gte", "lt", "lte"):
            bounds.append((name, value))
        elif name == "not_in":
            phrases.append(f"not value {value}")
        elif name in ("min_len", "max_len", "max_bytes"):
            side = "at least" if name == "min_len" else "at most"
            unit = "characters" if kind == "string" and name != "max_bytes" else "bytes"
            phrases.append(f"{side} {value} {unit}")
        elif name == "pattern":
            phrases.append(f"matches {value}")
        elif name != "strict":
            raise ValueError(f"unknown rule {name}={value}")
    return [p for p in phrases if p] + _bounds(bounds)


def _bounds(bounds):
    """One phrase for a lower and an upper limit."""
    signs = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
    limits = dict(bounds)
    if set(limits) == {"gte", "lte"}:
        return [f"{limits['gte']} to {limits['lte']}"]
    phrase = ", ".join(f"{signs[name]} {limits[name]}" for name in ("gt", "gte", "lt", "lte")
                       if name in limits)
    return [phrase] if phrase else []


def _seconds(parts):
    """`{seconds=1}`, `{nanos=1000000}` or `{}` (zero) as text with its unit."""
    total = dict(parts)
    if "seconds" in total:
        return total["seconds"] + " s"
    nanos = int(total.get("nanos", "0"))
    if nanos and nanos % 1000000 == 0:
        return f"{nanos // 1000000} ms"
    return f"{nanos} ns" if nanos else "0 s"
