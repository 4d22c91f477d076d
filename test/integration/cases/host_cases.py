"""C 53-58: one host per request, the same for route, upstream and log (RFC 9112 3.2, RFC 3986 3.2).

Virtual hosts a.test, b.test and xn--bcher-kva.test add `x-vhost` to what they forward, so the
upstream's record shows which one decided. Other hosts are answered 404.
"""

from harness.bench import Case
from harness.want import Seen, any_of, local, refused, served

from .requests import get

A = ((b"x-vhost", b"a"),)
B = ((b"x-vhost", b"b"),)


def _host(value, target=b"/x"):
    return b"GET " + target + b" HTTP/1.1\r\nHost: " + value + b"\r\n\r\n"


def _bad_hosts():
    values = {
        "userinfo": b"user@a.test",
        "userinfo_password": b"user:pw@a.test",
        "path": b"a.test/path",
        "query": b"a.test?x",
        "fragment": b"a.test#x",
        "comma": b"a.test,b.test",
        "port_65536": b"a.test:65536",
        "port_huge": b"a.test:99999999999999999999",
        "port_letters": b"a.test:80x",
        "port_negative": b"a.test:-1",
        "port_plus": b"a.test:+80",
        "two_ports": b"a.test:80:80",
        "zone": b"[::1%25lo]",
        "zone_raw": b"[::1%lo]",
        "open_bracket": b"[::1",
        "close_bracket": b"::1]",
        "bare_ipv6": b"::1",
        "bad_ipv6": b"[::1::2]",
        "empty_brackets": b"[]",
        "bytes_after_bracket": b"[::1]x",
        "space": b"a.test b.test",
        "backslash": b"a.test\\b",
        "quote": b'a.test"',
        "angle": b"<a.test>",
        "utf8": "bücher.test".encode(),
        "byte_0x80": b"a\x80.test",
        "lone_percent": b"a%.test",
        "percent_nul": b"a%00.test",
        "empty": b"",
        "only_port": b":80",
        "256_bytes": b"a" * 256,
    }
    for name, value in values.items():
        yield Case("54_host_" + name, _host(value), refused(400))
    for name in (
        "userinfo",
        "port_65536",
        "zone",
        "open_bracket",
        "utf8",
        "backslash",
        "percent_nul",
    ):
        yield Case("54_target_" + name, get(b"http://" + values[name] + b"/x"), refused(400))
    long = b"a" * 16 * 1024 + b".test"
    yield Case("54_host_16_kib", _host(long), refused(400, 431))


def _absolute_form():
    def b(target):
        return b"GET " + target + b" HTTP/1.1\r\nHost: a.test\r\n\r\n"

    def seen(line):
        return served(Seen(line, host=b"b.test", fields=B))

    yield Case("55_target_wins_over_host", b(b"http://b.test/y"), seen(b"GET /y"))
    yield Case("55_target_with_query", b(b"http://b.test/x?y=1"), seen(b"GET /x?y=1"))
    yield Case("55_target_without_path", b(b"http://b.test"), seen(b"GET /"))
    yield Case("55_target_without_path_with_query", b(b"http://b.test?y=1"), seen(b"GET /?y=1"))
    yield Case("55_scheme_in_any_case", b(b"HTTP://B.test/x"), seen(b"GET /x"))
    yield Case("55_unknown_host_in_target", b(b"http://c.test/x"), local(404))
    yield Case("55_no_host_field", b"GET http://b.test/x HTTP/1.1\r\n\r\n", refused(400))
    yield Case(
        "55_two_host_fields",
        b"GET http://b.test/x HTTP/1.1\r\nHost: b.test\r\nHost: b.test\r\n\r\n",
        refused(400),
    )
    bad = {
        "https_on_a_clear_port": b"https://a.test/x",
        "ftp": b"ftp://a.test/x",
        "no_authority": b"http:///x",
        "no_slashes": b"http:a.test/x",
        "one_slash": b"http:/a.test/x",
        "userinfo": b"http://u@a.test/x",
        "userinfo_password": b"http://u:p@a.test/x",
        "javascript": b"javascript:alert(1)",
        "odd_scheme": b"x-y://a.test/x",
    }
    for name, target in bad.items():
        yield Case("56_target_" + name, get(target), refused(400, 421))
    # RFC 3986 3.2.3 allows an empty port: host "http", path "//a.test/x". Never vhost a.test.
    double = get(b"http://http://a.test/x")
    yield Case("56_target_double_scheme", double, any_of(refused(400, 421), local(404)))


def _one_form():
    # The forwarded host is the canonical one or the client's own; the route is the same for all.
    for name, value in {
        "case": b"A.TeSt",
        "trailing_dot": b"a.test.",
        "default_port": b"a.test:80",
        "case_dot_port": b"A.test.:80",
    }.items():
        seen = Seen(b"GET /x", host=frozenset({b"a.test", value, value.lower()}), fields=A)
        yield Case("58_" + name, _host(value), served(seen))
    yield Case("58_two_trailing_dots", _host(b"a.test.."), any_of(refused(400), local(404)))
    yield Case(
        "58_punycode",
        _host(b"XN--bcher-kva.test"),
        served(
            Seen(
                b"GET /x",
                host=frozenset({b"xn--bcher-kva.test", b"XN--bcher-kva.test"}),
                fields=((b"x-vhost", b"punycode"),),
            )
        ),
    )
    percent = Seen(b"GET /x", host=b"a.test", fields=A)
    yield Case(
        "58_percent_encoded_host",
        _host(b"%61.test"),
        any_of(refused(400), served(percent), local(404)),
    )


CASES = [
    Case("53_no_host", b"GET /x HTTP/1.1\r\nX: 1\r\n\r\n", refused(400)),
    Case("53_two_hosts", b"GET /x HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n", refused(400)),
    Case(
        "53_two_equal_hosts",
        b"GET /x HTTP/1.1\r\nHost: a.test\r\nhost: a.test\r\n\r\n",
        refused(400),
    ),
    Case("53_host_list", _host(b"a.test, b.test"), refused(400)),
    Case("53_host_list_of_equals", _host(b"a.test, a.test"), refused(400)),
    *_bad_hosts(),
    *_absolute_form(),
    Case("57_fragment", get(b"/a#x"), refused(400)),
    Case("57_fragment_with_dots", get(b"/a#/../admin"), refused(400)),
    Case("57_fragment_first", get(b"/#"), refused(400)),
    Case("57_fragment_in_query", get(b"/a?b#c"), refused(400)),
    Case("57_fragment_in_absolute_form", get(b"http://a.test/a#x"), refused(400)),
    *_one_form(),
]
