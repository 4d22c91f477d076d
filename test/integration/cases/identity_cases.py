"""C 63-67: who the caller is and what it may say about itself (RFC 7239 8.1, RFC 9110 7.6.3).

The route of vhost `a` sets `x-auth-user: gateway`, as an authentication filter would.
"""

from harness.bench import Case
from harness.want import Seen, any_of, dropped, local, refused, served

from .host_cases import A
from .requests import HOST, get

LOOPBACK = b"127.0.0.1"


def _seen(**more):
    return Seen(b"GET /x", fields=A, **more)


def _forwarded():
    values = {
        "one": b"1.2.3.4",
        "list": b"1.2.3.4, 5.6.7.8",
        "ipv6": b"2001:db8::1",
        "garbage": b'"><script>,,;%00',
        "loopback": b"127.0.0.1",
        "1000_entries": b", ".join([b"1.2.3.4"] * 1000),
    }
    for name, value in values.items():
        trusted = frozenset({LOOPBACK, value + b"," + LOOPBACK, value + b", " + LOOPBACK})
        yield Case(
            "63_xff_" + name,
            get(fields=b"X-Forwarded-For: " + value + b"\r\n"),
            any_of(served(_seen(own=((b"x-forwarded-for", trusted),))), refused(400, 431)),
        )
    two = b"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\n"
    one_line = {LOOPBACK} | {
        b"1.2.3.4%s5.6.7.8%s127.0.0.1" % (x, y) for x in (b",", b", ") for y in (b",", b", ")
    }
    apart = {
        b"1.2.3.4|5.6.7.8|127.0.0.1",
        b"1.2.3.4|5.6.7.8,127.0.0.1",
        b"1.2.3.4|5.6.7.8, 127.0.0.1",
    }
    yield Case(
        "63_xff_two_lines",
        get(fields=two),
        served(_seen(own=((b"x-forwarded-for", frozenset(one_line | apart)),))),
    )
    yield Case(
        "63_proto_from_a_stranger",
        get(fields=b"X-Forwarded-Proto: https\r\n"),
        served(_seen(own=((b"x-forwarded-proto", {b"http", b""}),))),
    )
    for name in (
        b"X-Forwarded-Host",
        b"X-Forwarded-Port",
        b"X-Forwarded-Prefix",
        b"X-Real-IP",
        b"Forwarded",
    ):
        yield Case(
            "63_stranger_says_" + name.decode().lower(),
            get(fields=name + b": evil\r\n"),
            served(_seen()),
        )


def _aliases():
    yield Case("64_underscore_is_refused", get(fields=b"X_Auth_User: evil\r\n"), refused(400))
    yield Case("64_one_underscore", get(fields=b"X-Auth_User: evil\r\n"), refused(400))
    for number, lines in enumerate(
        (
            b"X-Auth-User: evil\r\n",
            b"X.Auth.User: evil\r\n",
            b"X-Auth.User: evil\r\nX-Auth-User: evil\r\n",
            b"x-auth-user: evil\r\nX-AUTH-USER: evil\r\n",
        )
    ):
        target = b"/auth/%d" % number
        yield Case(
            "64_alias_of_a_header_we_set_%d" % number,
            get(target, lines),
            served(Seen(b"GET " + target, fields=((b"x-auth-user", b"gateway"), *A))),
        )


def _private():
    names = (
        b"x-original-url",
        b"x-rewrite-url",
        b"x-original-path",
        b"x-envoy-original-path",
        b"x-http-method-override",
        b"x-method-override",
        b"x-http-method",
        b"x-envoy-internal",
        b"x-envoy-upstream-rq-timeout-ms",
        b"x-envoy-retry-on",
    )
    absent = tuple((name, {b""}) for name in (b"x-envoy-original-path", b"x-envoy-internal"))
    for name in names:
        value = b"true" if name == b"x-envoy-internal" else b"/admin"
        yield Case(
            "65_private_" + name.decode(),
            get(fields=name + b": " + value + b"\r\n"),
            served(_seen(own=absent)),
        )
        trailer = (
            b"POST /x HTTP/1.1\r\n"
            + HOST
            + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
            + name
            + b": /admin\r\n\r\n"
        )
        seen = Seen(b"POST /x", b"hello", fields=A, own=absent, not_trailers=(name,))
        yield Case("65_private_trailer_" + name.decode(), trailer, served(seen))


def _proxy_protocol():
    v2 = b"\r\n\r\n\x00\r\nQUIT\n"
    ipv4 = b"\x7f\x00\x00\x01\x7f\x00\x00\x01\x00\x50\x00\x50"
    headers = {
        "v1_tcp4": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n",
        "v1_unknown": b"PROXY UNKNOWN\r\n",
        "v1_unended": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2" + b" " * 100,
        "v2_tcp4": v2 + b"\x21\x11\x00\x0c" + ipv4,
        "v2_local": v2 + b"\x20\x00\x00\x00",
        "v2_unknown_family": v2 + b"\x21\xff\x00\x0c" + ipv4,
        "v2_bad_tlv_length": v2 + b"\x21\x11\x00\x0f" + ipv4 + b"\x04\xff\xff",
        "v2_64_kib_of_tlvs": v2 + b"\x21\x11\xff\xff" + ipv4 + b"\x04\xff\xf0" + b"\0" * 65520,
    }
    for name, header in headers.items():
        yield Case(
            "66_proxy_%s_on_a_plain_listener" % name,
            header + get(),
            any_of(refused(400, 414, 505), dropped()),
        )


def _via():
    own, other = b"1.1 sluice", b"1.1 other"
    for name, lines in {
        "five_lines": b"Via: 1.1 sluice\r\n" * 5,
        "list_of_five": b"Via: " + b", ".join([own] * 5) + b"\r\n",
        "five_among_others": b"Via: " + b", ".join([own, other] * 5) + b"\r\n",
        "nine_lines": b"Via: 1.1 sluice\r\n" * 9,
    }.items():
        yield Case("67_own_via_" + name, get(fields=lines), local(400, 508))
    four = b", ".join([own] * 4)
    after = frozenset(four + sep + own for sep in (b", ", b",", b"|"))
    yield Case(
        "67_own_via_four_times",
        get(fields=b"Via: " + four + b"\r\n"),
        served(_seen(own=((b"via", after),))),
    )
    others = b", ".join([other] * 6)
    after = frozenset(others + sep + own for sep in (b", ", b",", b"|"))
    yield Case(
        "67_other_via_six_times",
        get(fields=b"Via: " + others + b"\r\n"),
        served(_seen(own=((b"via", after),))),
    )
    yield Case("67_via_is_added", get(), served(_seen(own=((b"via", {own}),))))
    yield Case("67_route_to_ourselves", get(b"/loop"), local(400, 508))


CASES = [*_forwarded(), *_aliases(), *_private(), *_proxy_protocol(), *_via()]
