"""B 41-47 on a proxy without upgrades: answered as not enabled, or served as plain HTTP/1.1.

RFC 9110 7.8 lets a recipient ignore Upgrade; what may never happen is a tunnel, or bytes that
reach the upstream as anything else than a request of their own.
"""

from harness.bench import Case
from harness.upstream import CLOSE
from harness.want import Answer, Seen, any_of, local, passed, refused, served

from .requests import HOST, SMUGGLED, get, post

UPGRADE = b"Connection: upgrade\r\nUpgrade: "
NOT_ENABLED = (400, 403, 426, 501)
GONE_FIELDS = ((b"upgrade", None), (b"connection", None))


def _says(*items):
    return lambda request: list(items)


SCRIPTS = {
    b"/b/200-with-upgrade": _says(
        b"HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: foo\r\ncontent-length: 2\r\n\r\nok"
    ),
    b"/b/101": _says(
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\npoisoned",
    ),
    b"/b/101-close": _says(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", CLOSE),
}


def _websockets():
    key, version = (
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        b"Sec-WebSocket-Version: 13\r\n",
    )
    websocket, kept = UPGRADE + b"websocket\r\n", lambda lines: tuple(
        (line.split(b": ")[0].lower(), line.split(b": ")[1])
        for line in lines.split(b"\r\n")
        if line
    )
    variants = {
        "whole": key + version,
        "key_missing": version,
        "key_short": b"Sec-WebSocket-Key: eA==\r\n" + version,
        "version_7": key + b"Sec-WebSocket-Version: 7\r\n",
    }
    for name, fields in variants.items():
        yield Case(
            "45_websocket_" + name,
            get(fields=websocket + fields) + b"\x81\x05hello",
            any_of(
                refused(*NOT_ENABLED),
                # Ignored: the frame after it is then a malformed request.
                (_served_then_refused(Seen(b"GET /x", fields=kept(fields)))),
            ),
        )
    yield Case(
        "45_websocket_without_connection_upgrade",
        get(fields=b"Upgrade: websocket\r\n" + key + version),
        any_of(local(*NOT_ENABLED), served(Seen(b"GET /x", fields=kept(key + version)))),
    )


def _served_then_refused(seen):
    first, second = served(seen)[0], refused(400)[0]
    return (type(first)(first.answers + second.answers, first.seen, True),)


def _unasked_101():
    for name, target in (("101", b"/b/101"), ("101_and_close", b"/b/101-close")):
        seen = Seen(b"GET " + target)
        yield Case("43_unasked_" + name, get(target), passed(seen, Answer((502,), True)))
        yield Case(
            "43_%s_to_http_1_0" % name,
            b"GET " + target + b" HTTP/1.0\r\n" + HOST + b"\r\n",
            passed(seen, Answer((502,), True), closed=True),
        )
        yield Case(
            "43_%s_to_upgrade_that_is_not_enabled" % name,
            get(target, UPGRADE + b"foo\r\n"),
            any_of(local(*NOT_ENABLED), passed(seen, Answer((502,), True))),
        )


def _targets():
    yield Case(
        "46_connect", b"CONNECT inner.test:443 HTTP/1.1\r\nHost: inner.test:443\r\n\r\n", local(405)
    )
    yield Case(
        "46_connect_with_early_data",
        b"CONNECT inner.test:443 HTTP/1.1\r\nHost: inner.test:443\r\n\r\n" + SMUGGLED,
        refused(405),
    )
    yield Case("46_connect_to_a_path", get(method=b"CONNECT"), refused(400, 405))
    yield Case(
        "46_connect_without_port",
        b"CONNECT a.test HTTP/1.1\r\n" + HOST + b"\r\n",
        refused(400, 405),
    )
    yield Case("47_get_asterisk", get(b"*"), refused(400))
    yield Case("47_get_authority_form", get(b"a.test:80"), refused(400))
    yield Case("47_get_relative_path", get(b"x"), refused(400))
    yield Case("47_trace", get(method=b"TRACE"), local(405))
    yield Case(
        "47_trace_with_body",
        post(b"Content-Length: 5\r\n", b"hello", method=b"TRACE"),
        refused(400),
    )
    yield Case(
        "47_trace_with_chunked_body",
        post(b"Transfer-Encoding: chunked\r\n", b"5\r\nhello\r\n0\r\n\r\n", method=b"TRACE"),
        refused(400),
    )
    yield Case(
        "47_trace_max_forwards_0",
        get(fields=b"Max-Forwards: 0\r\n", method=b"TRACE"),
        local(400, 405),
    )
    yield Case("47_options_asterisk", get(b"*", method=b"OPTIONS"), local(200, 204, closed=False))
    yield Case(
        "47_options_max_forwards_0",
        get(fields=b"Max-Forwards: 0\r\n", method=b"OPTIONS"),
        local(200, 204, 400),
    )


CASES = [
    Case(
        "41_unknown_upgrade_then_a_request",
        get(fields=UPGRADE + b"foo\r\n") + SMUGGLED,
        any_of(local(*NOT_ENABLED), served(Seen(b"GET /x"), Seen(b"GET /smuggled"))),
    ),
    Case(
        "41_upgrade_with_body",
        post(UPGRADE + b"foo\r\nContent-Length: 5\r\n", b"hello"),
        any_of(local(*NOT_ENABLED), served(Seen(b"POST /x", b"hello"))),
    ),
    Case(
        "42_200_with_upgrade_is_a_plain_answer",
        get(b"/b/200-with-upgrade"),
        passed(
            Seen(b"GET /b/200-with-upgrade"),
            Answer((200,), False, body=b"ok", fields=GONE_FIELDS),
            closed=False,
        ),
    ),
    *_unasked_101(),
    Case(
        "44_h2c_is_stripped",
        get(
            fields=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"
        ),
        served(Seen(b"GET /x")),
    ),
    Case(
        "44_h2c_with_settings_not_named",
        get(fields=UPGRADE + b"h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n"),
        any_of(served(Seen(b"GET /x")), refused(400)),
    ),
    Case(
        "44_h2c_then_a_request",
        get(fields=UPGRADE + b"h2c\r\n") + SMUGGLED,
        served(Seen(b"GET /x"), Seen(b"GET /smuggled")),
    ),
    *_websockets(),
    *_targets(),
]
