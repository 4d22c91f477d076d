"""D 68-76 and 78: one path, normalised once, decides and is forwarded (RFC 3986 5.2.4, 6.2.2).

Routes in order: /admin and /internal (and below) are answered 403 by the proxy, as is exactly
/secret; /api becomes /v1 on a segment boundary; everything else goes up unchanged.
"""

from harness.bench import Case
from harness.want import Seen, any_of, local, refused, served

from .requests import get

GUARD = local(403, closed=False)


def _up(target):
    """Forwarded with this target; hex digits of an escape may be in either case."""
    return served(Seen(frozenset({b"GET " + target, b"GET " + _upper_escapes(target)})))


def _upper_escapes(target):
    head, *rest = target.split(b"%")
    return b"%".join([head] + [part[:2].upper() + part[2:] for part in rest])


def _cases(number, want_of):
    for position, (target, want) in enumerate(want_of.items()):
        words = "".join(chr(c) if chr(c).isalnum() else "_" for c in target[:30])
        yield Case("%s_%02d_%s" % (number, position, words), get(target), want)


_DOTS = {
    b"/a/../admin": GUARD,
    b"/./admin": GUARD,
    b"/a/b/../../admin": GUARD,
    b"/a/./../admin/x": GUARD,
    b"/admin/../admin": GUARD,
    b"/admin/.": GUARD,
    b"/admin/x/..": GUARD,
    b"/../admin": any_of(GUARD, refused(400)),
    b"/../../../admin": any_of(GUARD, refused(400)),
    b"/..": any_of(_up(b"/"), refused(400)),
    b"//admin": GUARD,
    b"///admin": GUARD,
    b"/a/..//admin": GUARD,
    b"/.//admin": GUARD,
    b"//./admin": GUARD,
    b"/a//../admin": any_of(GUARD, _up(b"/a/admin")),
    b"/admin/..": _up(b"/"),
    b"/admin/../x": _up(b"/x"),
    b"/x/./y": _up(b"/x/y"),
    b"/x//y": _up(b"/x/y"),
    b"/x/y/..": any_of(_up(b"/x/"), _up(b"/x")),
    b"/x/y/.": any_of(_up(b"/x/y/"), _up(b"/x/y")),
    b"/x/...": _up(b"/x/..."),
    b"/x/..y": _up(b"/x/..y"),
    b"/x/y..": _up(b"/x/y.."),
    b"/": _up(b"/"),
    b"//": _up(b"/"),
}

_ESCAPED = {
    b"/%61dmin": GUARD,
    b"/%61%64%6d%69%6E": GUARD,
    b"/%41dmin": _up(b"/Admin"),
    b"/x/%2e%2e/admin": GUARD,
    b"/x/.%2E/admin": GUARD,
    b"/x/%2e./admin": GUARD,
    b"/%2e/admin": GUARD,
    b"/x/%2e%2e/%61dmin": GUARD,
    b"/%2e%2e/admin": any_of(GUARD, refused(400)),
    b"/x%7ey": _up(b"/x~y"),
    b"/x%2Dy": _up(b"/x-y"),
    b"/x%20y": _up(b"/x%20y"),
    b"/x%3fy": _up(b"/x%3fy"),
    b"/x%23y": _up(b"/x%23y"),
    b"/x%3b..%3by": any_of(_up(b"/x%3b..%3by"), refused(400)),
}

_SLASHES = {
    target: refused(400)
    for target in (
        b"/x%2fadmin",
        b"/x%2F..%2fadmin",
        b"/%2fadmin",
        b"/..%2fadmin",
        b"/x%5cadmin",
        b"/x%5C..%5cadmin",
        b"/x\\admin",
        b"/x\\..\\admin",
        b"\\admin",
        b"/\\admin",
    )
}

_PARAMETERS = {
    b"/..;/admin": any_of(GUARD, refused(400)),
    b"/x/..;/admin": any_of(GUARD, refused(400)),
    b"/.;x/admin": any_of(GUARD, refused(400)),
    b"/x/..;a=b/admin": any_of(GUARD, refused(400)),
    b"/admin;v=1": any_of(GUARD, refused(400)),
    b"/admin;": any_of(GUARD, refused(400)),
    b"/admin;v=1/x": any_of(GUARD, refused(400)),
    b"/;/admin": any_of(GUARD, refused(400)),
    b"/;x/admin": any_of(GUARD, refused(400)),
    b"/a;x/../admin": any_of(GUARD, refused(400)),
    b"/a/..;x;y/admin": any_of(GUARD, refused(400)),
    b"/x/%2e%2e;/admin": any_of(GUARD, refused(400)),
    b"/%61dmin;x": any_of(GUARD, refused(400)),
    b"/x;v=1/y": any_of(_up(b"/x/y"), refused(400)),
}

_DATA = {
    b"/x/%252e%252e%252fadmin": _up(b"/x/%252e%252e%252fadmin"),
    b"/%2561dmin": _up(b"/%2561dmin"),
    b"/x/%25%32%65%25%32%65/admin": any_of(
        _up(b"/x/%252e%252e/admin"), _up(b"/x/%25%32%65%25%32%65/admin")
    ),
}

_BROKEN = {
    target: refused(400)
    for target in (
        b"/x%00",
        b"/x%00/../admin",
        b"/admin%00",
        b"/x%0d%0aX:%20y",
        b"/x%0a",
        b"/x%0D",
        b"/x%",
        b"/x%2",
        b"/x%zz",
        b"/x%2gy",
        b"/x%u002e%u002e/admin",
        b"/%",
        b"/x%%41",
        b"/x%-1",
    )
}

_ODD_BYTES = {
    b"/x/%c0%ae%c0%ae/admin": any_of(_up(b"/x/%c0%ae%c0%ae/admin"), refused(400)),
    b"/x/%e0%80%ae%e0%80%ae/admin": any_of(_up(b"/x/%e0%80%ae%e0%80%ae/admin"), refused(400)),
    b"/x%c0%afadmin": any_of(_up(b"/x%c0%afadmin"), refused(400)),
    b"/x%ef%bc%8fadmin": any_of(_up(b"/x%ef%bc%8fadmin"), refused(400)),
    b"/x/%ff": any_of(_up(b"/x/%ff"), refused(400)),
    b"/x/b%c3%bccher": _up(b"/x/b%c3%bccher"),
    "/x／admin".encode(): refused(400),
    b"/x/\x80": refused(400),
    b"/x/\xff": refused(400),
    b"/x/\xc0\xae": refused(400),
    b"/x/b\xc3\xbccher": refused(400),
}

_BLOCK_LIST = {
    b"//internal/": GUARD,
    b"/internal": GUARD,
    b"/internal/x": GUARD,
    b"/./internal/./x": GUARD,
    b"/Admin": _up(b"/Admin"),
    b"/ADMIN": _up(b"/ADMIN"),
    b"/admin/": GUARD,
    b"/secret": GUARD,
    b"/secret?x": GUARD,
    b"/secret/.": any_of(GUARD, _up(b"/secret/")),
    b"/x/../secret": GUARD,
    b"/secret/": _up(b"/secret/"),
    b"/secret.": _up(b"/secret."),
    b"/secret%20": _up(b"/secret%20"),
    b"/secret%2e": _up(b"/secret."),
}

_PREFIXES = {
    b"/apix": _up(b"/apix"),
    b"/apix/y": _up(b"/apix/y"),
    b"/api/x": _up(b"/v1/x"),
    b"/api": _up(b"/v1"),
    b"/api/": _up(b"/v1/"),
    b"/ap%69/x": _up(b"/v1/x"),
    b"/%61pi/x?y": _up(b"/v1/x?y"),
    b"//api//x": _up(b"/v1/x"),
    b"/api/../admin": GUARD,
    b"/api/..": _up(b"/"),
    b"/api/%2e%2e/admin": GUARD,
    b"/api;v=1/x": any_of(_up(b"/v1/x"), refused(400)),
}

_QUERIES = {
    b"/x?x=/../admin": _up(b"/x?x=/../admin"),
    b"/x?/admin": _up(b"/x?/admin"),
    b"/x?": _up(b"/x?"),
    b"/x??": _up(b"/x??"),
    b"/x?a;b=c;d": _up(b"/x?a;b=c;d"),
    b"/x?a=1&a=2&a": _up(b"/x?a=1&a=2&a"),
    b"/x?a=%2f%5C%2e%2E%zz": any_of(_up(b"/x?a=%2f%5C%2e%2E%zz"), refused(400)),
    b"/x?a=%2f%5C%2e%2E": served(Seen(b"GET /x?a=%2f%5C%2e%2E")),
    b"/x?a//b/./c/../d": _up(b"/x?a//b/./c/../d"),
    b"/admin?x=/public": GUARD,
    b"/x?q=" + b"v" * 7 * 1024: _up(b"/x?q=" + b"v" * 7 * 1024),
    b"/x?q=" + b"v" * 64 * 1024: refused(414),
}

CASES = [
    *_cases("68", _DOTS),
    *_cases("69", _ESCAPED),
    *_cases("70", _SLASHES),
    *_cases("71", _PARAMETERS),
    *_cases("72", _DATA),
    *_cases("73", _BROKEN),
    *_cases("74", _ODD_BYTES),
    *_cases("75", _BLOCK_LIST),
    *_cases("76", _PREFIXES),
    *_cases("78", _QUERIES),
]
