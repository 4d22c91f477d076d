"""D 79-80: header rules cannot be slipped past by odd values or by a second line (RFC 9110 5.3).

Routes: /tier needs x-tier to match gold|silver, else 403 (a negated regex); /slow refuses values
that match (a+)+; /role lets only x-role exactly `user` through; /block refuses x-role with `admin`.
"""

from harness.bench import Case
from harness.want import Seen, any_of, local, refused, served

from .requests import get

GUARD = local(403, closed=False)


def _value(number, target, name, value, want):
    return Case(number, get(target, name + b": " + value + b"\r\n"), want)


def _up(target, *fields):
    return served(Seen(b"GET " + target, fields=fields))


def _tier():
    for value in (b"gold", b"silver"):
        yield _value(
            "79_tier_" + value.decode(),
            b"/tier",
            b"X-Tier",
            value,
            _up(b"/tier", (b"x-tier", value)),
        )
    for number, value in enumerate(
        (
            b"gold\xff",
            b"\xffgold",
            b"xgold",
            b"goldx",
            b"go\tld",
            b"gold silver",
            b"",
            b"GOLD",
            b"gold\xc3\x28",
            b"gold,silver",
        )
    ):
        yield _value("79_tier_refused_%d" % number, b"/tier", b"X-Tier", value, GUARD)
    yield Case("79_tier_missing", get(b"/tier"), GUARD)
    yield Case("79_tier_with_newline", get(b"/tier", b"X-Tier: gold\nx\r\n"), refused(400))


def _slow():
    for number, value in enumerate((b"a" * 20_000 + b"!", b"a" * 20_000)):
        matches = number == 1
        up = _up(b"/slow", (b"x-slow", value))
        yield _value(
            "79_catastrophic_regex_%d" % number,
            b"/slow",
            b"X-Slow",
            value,
            GUARD if matches else up,
        )
    yield _value("79_60_kib_value", b"/slow", b"X-Slow", b"a" * 60 * 1024, refused(431))
    path = b"/re/" + b"a" * 7000
    yield Case("79_catastrophic_path_regex", get(path + b"!"), _up(path + b"!"))
    yield Case("79_catastrophic_path_regex_matches", get(path), GUARD)


def _lines(*values):
    return b"".join(b"X-Role: " + value + b"\r\n" for value in values)


def _roles():
    user = (b"x-role", b"user")
    yield Case("80_role_user", get(b"/role", _lines(b"user")), _up(b"/role", user))
    for name, lines in {
        "user_then_admin": _lines(b"user", b"admin"),
        "admin_then_user": _lines(b"admin", b"user"),
        "user_twice": _lines(b"user", b"user"),
        "list": _lines(b"user, admin"),
        "admin": _lines(b"admin"),
        "user_then_empty": _lines(b"user", b""),
    }.items():
        want = GUARD
        # A rule that lets through is asked of each line, as Envoy 1.40 does (asked: it answers as
        # we do); a rule that blocks therefore sees every line too, which /block below checks.
        if name in ("user_twice", "user_then_empty", "user_then_admin", "admin_then_user"):
            values = [line.split(b": ")[1] for line in lines.split(b"\r\n") if line]
            want = any_of(GUARD, _up(b"/role", *((b"x-role", v) for v in values)))
        yield Case("80_role_" + name, get(b"/role", lines), want)
    for name, lines in {
        "admin": _lines(b"admin"),
        "user_then_admin": _lines(b"user", b"admin"),
        "admin_then_user": _lines(b"admin", b"user"),
        "list": _lines(b"user, admin"),
        "far_apart": _lines(b"user")
        + b"".join(b"X-%d: v\r\n" % i for i in range(40))
        + _lines(b"admin"),
    }.items():
        yield Case("80_block_" + name, get(b"/block", lines), GUARD)
    yield Case("80_block_user", get(b"/block", _lines(b"user")), _up(b"/block", user))


CASES = [*_tier(), *_slow(), *_roles()]
