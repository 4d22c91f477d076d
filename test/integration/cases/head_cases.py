"""A 23-25, 33-40: request lines and field lines (RFC 9112 2-5, RFC 9110 5)."""

from harness.bench import Case
from harness.want import Seen, any_of, dropped, local, refused, served, then

from .requests import HOST, SMUGGLED, get

X = Seen(b"GET /x")
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def _control_bytes():
    for byte in (0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F):
        name = "25_0x%02x_in_" % byte
        yield Case(name + "target", get(b"/a%cb" % byte), refused(400))
        yield Case(name + "name", get(fields=b"X%cY: 1\r\n" % byte), refused(400))
        yield Case(name + "value", get(fields=b"X: a%cb\r\n" % byte), refused(400))


def _line(line, fields=HOST):
    return line + b"\r\n" + fields + b"\r\n"


def _versions():
    for version in (
        b"HTTP/2.0",
        b"HTTP/1.10",
        b"http/1.1",
        b"HTTP/01.1",
        b"HTTP/1",
        b"HTTP/1.",
        b"HTTP /1.1",
        b"HTTP/1.1x",
        b"HTTP/3.0",
        b"ICY/1.1",
    ):
        name = "33_version_" + version.decode().replace("/", "_").replace(".", "_").replace(
            " ", "_"
        )
        yield Case(name, _line(b"GET /x " + version), refused(400, 505))
    # An HTTP/0.9 request has no field lines and looks like a head that has not ended.
    cut = any_of(refused(400, 408, 505), dropped())
    yield Case("33_no_version", b"GET /x\r\n", cut, listener="hasty")
    yield Case("33_no_version_with_fields", _line(b"GET /x"), any_of(refused(400, 505), dropped()))
    yield Case("33_version_1_2_is_served_as_1_1", _line(b"GET /x HTTP/1.2"), served(X))


def _methods():
    refusal = (400, 405, 501)
    yield Case("35_method_with_space", _line(b"GE T /x HTTP/1.1"), refused(400))
    yield Case("35_method_with_delimiter", _line(b"G(T /x HTTP/1.1"), refused(400))
    yield Case("35_method_with_colon", _line(b"GET: /x HTTP/1.1"), refused(400))
    yield Case(
        "35_method_of_8_kib", _line(b"G" * 8192 + b" /x HTTP/1.1"), refused(400, 414, 431, 501)
    )
    yield Case("35_empty_method", _line(b" /x HTTP/1.1"), refused(400))
    for method in (b"get", b"FOO", b"GETS", b"Get"):
        yield Case(
            "35_unknown_method_" + method.decode(),
            get(method=method),
            any_of(local(*refusal), served(Seen(method + b" /x"))),
        )


def _limits():
    kib = 1024
    yield Case("36_uri_over_limit", get(b"/" + b"a" * 9 * kib), refused(414))
    yield Case("36_uri_far_over_limit", get(b"/" + b"a" * 200 * kib), refused(414))
    uri = b"/" + b"a" * 7 * kib
    seven = b"".join(b"X-%d: %s\r\n" % (i, b"v" * 7 * kib) for i in range(4))
    yield Case("36_uri_and_fields_together_over_limit", get(uri, seven), refused(431))
    two = tuple((b"x-%d" % i, b"v" * 7 * kib) for i in range(2))
    yield Case(
        "36_long_uri_and_fields_within_limit",
        get(uri, b"".join(b"%s: %s\r\n" % pair for pair in two)),
        served(Seen(b"GET " + uri, fields=two)),
    )
    hundred = tuple((b"x-%d" % i, b"v") for i in range(99))
    lines = b"".join(b"%s: %s\r\n" % pair for pair in hundred)
    yield Case("37_100_fields", get(fields=lines), served(Seen(b"GET /x", fields=hundred)))
    yield Case("37_101_fields", get(fields=lines + b"one: more\r\n"), refused(431))
    yield Case("37_100000_tiny_fields", get(fields=b"a:\r\n" * 100_000), refused(431))
    yield Case("37_one_64_kib_value", get(fields=b"X: " + b"v" * 64 * kib + b"\r\n"), refused(431))
    yield Case("37_one_64_kib_name", get(fields=b"X" * 64 * kib + b": v\r\n"), refused(431))
    yield Case(
        "37_endless_field_line",
        b"GET /x HTTP/1.1\r\n" + HOST + b"X: " + b"v" * 80 * kib,
        refused(431),
    )
    yield Case("36_endless_request_line", b"GET /" + b"v" * 80 * kib, refused(414))


def _names():
    lines = (
        b": x",
        b"X Y: z",
        b"X(Y: z",
        b"X\x80Y: z",
        b"X/Y: z",
        b'X"Y: z',
        b"nocolon",
        b"X{Y: z",
        b"X,Y: z",
        b" : x",
    )
    for number, line in enumerate(lines):
        yield Case(
            "38_bad_name_%d" % number, get(fields=b"A: 1\r\n" + line + b"\r\n"), refused(400)
        )
        yield Case(
            "38_bad_name_%d_first" % number,
            _line(b"GET /x HTTP/1.1", line + b"\r\n" + HOST),
            refused(400),
        )


def _pipelined(count):
    targets = [b"/pipelined/%d" % i for i in range(count)]
    seen = [Seen(b"GET " + target) for target in targets]
    return Case(
        "39_%d_pipelined" % count,
        b"".join(map(get, targets)),
        served(*seen, closed=None),
    )


CASES = [
    Case("23_bare_lf_everywhere", get(fields=b"X: 1\r\n").replace(b"\r\n", b"\n"), refused(400)),
    Case("23_bare_lf_after_request_line", b"GET /x HTTP/1.1\n" + HOST + b"\r\n", refused(400)),
    Case("23_bare_lf_after_field", b"GET /x HTTP/1.1\r\nHost: a.test\nX: 1\r\n\r\n", refused(400)),
    Case("23_bare_lf_ends_the_head", b"GET /x HTTP/1.1\r\n" + HOST + b"\n", refused(400)),
    Case(
        "23_bare_lf_hides_a_field",
        get(fields=b"X: 1\nTransfer-Encoding: chunked\r\n"),
        refused(400),
    ),
    Case("24_bare_cr_in_request_line", _line(b"GET /x\rHTTP/1.1"), refused(400)),
    Case("24_bare_cr_in_target", get(b"/x\ry"), refused(400)),
    Case("24_bare_cr_in_name", get(fields=b"X\rY: 1\r\n"), refused(400)),
    Case("24_bare_cr_in_value", get(fields=b"X: 1\r2\r\n"), refused(400)),
    Case(
        "24_bare_cr_hides_a_field",
        get(fields=b"X: 1\rTransfer-Encoding: chunked\r\n"),
        refused(400),
    ),
    Case("24_cr_cr_lf", get(fields=b"X: 1\r\r\n"), refused(400)),
    *_control_bytes(),
    Case(
        "25_tab_and_obs_text_in_value",
        get(fields=b"X: a\tb\xe9\r\n"),
        served(Seen(b"GET /x", fields=((b"x", b"a\tb\xe9"),))),
    ),
    *_versions(),
    Case("34_double_space_after_method", _line(b"GET  /x HTTP/1.1"), refused(400)),
    Case("34_double_space_after_target", _line(b"GET /x  HTTP/1.1"), refused(400)),
    Case("34_tab_after_method", _line(b"GET\t/x HTTP/1.1"), refused(400)),
    Case("34_tab_after_target", _line(b"GET /x\tHTTP/1.1"), refused(400)),
    Case("34_trailing_space", _line(b"GET /x HTTP/1.1 "), refused(400)),
    Case("34_leading_space", _line(b" GET /x HTTP/1.1"), refused(400)),
    Case("34_one_leading_crlf", b"\r\n" + get(), served(X)),
    Case("34_10000_leading_crlfs", b"\r\n" * 10_000 + get(), any_of(refused(400), dropped())),
    Case("34_leading_bare_lf", b"\n" + get(), any_of(refused(400), dropped())),
    *_methods(),
    *_limits(),
    *_names(),
    _pipelined(100),
    _pipelined(1000),
    Case(
        "39_error_in_the_middle_of_a_pipeline",
        get() + get(fields=b"X : 1\r\n") + SMUGGLED,
        then(served(X), refused(400)),
    ),
    Case("40_h2_preface", PREFACE + b"\0\0\0\4\0\0\0\0\0", refused(400, 505)),
    Case("40_h2_preface_as_second_request", get() + PREFACE, then(served(X), refused(400, 505))),
    Case("40_pri_with_http_1_1", _line(b"PRI * HTTP/1.1") + b"SM\r\n\r\n", refused(400, 405, 501)),
]
