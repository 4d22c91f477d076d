"""A 1-22: where one request ends and the next begins (RFC 9112 6, RFC 9110 8.6)."""

from harness.bench import AWAIT_ANSWER, AWAIT_INTERIM, Case
from harness.want import Seen, any_of, local, refused, served

from .requests import HOST, SMUGGLED, chunked, get, post

CHUNKED = b"Transfer-Encoding: chunked\r\n"
HELLO = Seen(b"POST /x", b"hello")
EMPTY = b"0\r\n\r\n"
FORTY = b"".join(b"X-%d: v\r\n" % i for i in range(40))


def _lengths():
    bad = (b"", b"+5", b"-0", b"-5", b"0x5", b"5 5", b"5,", b",5", b"1e1", b"5;", b"'5'", b"5.0")
    for number, value in enumerate(bad):
        yield Case(
            "04_bad_content_length_%02d" % number,
            post(b"Content-Length: " + value + b"\r\n", b"hello" + SMUGGLED),
            refused(400),
        )
    zeros = [(b"0000000007", 7), (b"0" * 19 + b"7", 7)]
    for value, length in zeros:
        yield Case(
            "05_leading_zeros_%d_digits" % len(value),
            post(b"Content-Length: " + value + b"\r\n", b"seven77"[:length]),
            served(Seen(b"POST /x", b"seven77", own=((b"content-length", {b"7", b""}),))),
        )
    for value in (b"0" * 400, b"0" * 20 + b"7"):
        yield Case(
            "05_%d_digits" % len(value), post(b"Content-Length: " + value + b"\r\n"), refused(400)
        )
    for number in (2**63, 2**64, 2**64 + 5, 10**19):
        yield Case(
            "06_content_length_%d" % number,
            post(b"Content-Length: %d\r\n" % number, b"hello" + SMUGGLED),
            refused(400, 413),
        )


def _codings():
    for number, value in enumerate(
        (
            b"xchunked",
            b'"chunked"',
            b"chunked;q=1",
            b"identity",
            b"chunkedx",
            b"chun ked",
            b"[chunked]",
        )
    ):
        yield Case(
            "07_unknown_coding_%d" % number,
            post(b"Transfer-Encoding: " + value + b"\r\n", EMPTY + SMUGGLED),
            refused(400, 501),
        )
        yield Case(
            "07_unknown_coding_%d_never_falls_back_to_length" % number,
            post(b"Content-Length: 5\r\nTransfer-Encoding: " + value + b"\r\n", EMPTY + SMUGGLED),
            refused(400, 501),
        )
    for byte in (0x0B, 0x0C, 0x00, 0x85, 0xA0):
        for where, value in (("before", b"%cchunked"), ("after", b"chunked%c")):
            line = b"Transfer-Encoding: " + value % byte + b"\r\n"
            yield Case("11_%s_0x%02x" % (where, byte), post(line, EMPTY + SMUGGLED), refused(400))
    for number, value in enumerate((b"", b",chunked", b"chunked,", b", chunked", b" ")):
        yield Case(
            "17_empty_member_%d" % number,
            post(b"Transfer-Encoding:" + value + b"\r\n", EMPTY + SMUGGLED),
            refused(400),
        )


def _skipped_bodies():
    for method in (b"GET", b"HEAD", b"DELETE", b"OPTIONS"):
        line, second = method + b" /x", Seen(b"GET /second")
        for kind, fields, body in (
            ("length", b"Content-Length: 5\r\n", b"hello"),
            ("chunked", CHUNKED, b"5\r\nhello\r\n" + EMPTY),
        ):
            yield Case(
                "20_%s_with_%s_body_then_second" % (method.decode().lower(), kind),
                post(fields, body, method=method) + get(b"/second"),
                any_of(
                    served(Seen(line, b"hello"), second),
                    served(Seen(line, b""), second),
                ),
            )


def _unread_bodies():
    body, large = SMUGGLED * 3, SMUGGLED * 4000
    length = b"Content-Length: %d\r\n"
    for name, data in (("small", body), ("over_drain_cap", large)):
        yield Case(
            "21_local_answer_%s_body" % name,
            post(length % len(data), data, b"/local"),
            local(403),
        )
        size = b"%x\r\n" % len(data)
        yield Case(
            "21_local_answer_%s_chunked_body" % name,
            chunked(size + data + b"\r\n" + EMPTY, b"/local"),
            local(403),
        )
    yield Case(
        "21_local_answer_before_the_body_ends",
        (post(length % len(body), b"", b"/local"), AWAIT_ANSWER, body),
        local(403),
    )
    yield Case(
        "21_not_found_route_before_the_body_ends",
        (post(length % len(body), body[:9], b"/nowhere"), AWAIT_ANSWER, body[9:]),
        local(404),
    )


def _expectations():
    expect, length = b"Expect: 100-continue\r\n", b"Content-Length: 5\r\n"
    hundred = ((), (100,))
    yield Case(
        "22_continue_then_body",
        (post(expect + length), AWAIT_INTERIM, b"hello"),
        served(HELLO, interims=hundred),
    )
    yield Case(
        "22_body_sent_without_waiting",
        post(expect + length, b"hello"),
        served(HELLO, interims=hundred),
    )
    yield Case(
        "22_other_case",
        (post(b"eXPECT: 100-CONTINUE\r\n" + length), AWAIT_INTERIM, b"hello"),
        any_of(served(HELLO, interims=hundred), refused(417)),
    )
    yield Case(
        "22_with_no_body",
        post(expect + b"Content-Length: 0\r\n"),
        served(Seen(b"POST /x"), interims=hundred),
    )
    yield Case(
        "22_final_status_before_the_body",
        (
            post(expect + b"Content-Length: %d\r\n" % len(SMUGGLED), b"", b"/local"),
            AWAIT_ANSWER,
            SMUGGLED,
        ),
        local(403, interims=hundred),
    )
    for number, value in enumerate(
        (
            b"200-ok",
            b"100-continue, x",
            b"100-continue;q=1",
            b'"100-continue"',
            b"100 continue",
            b"100-continue1",
        )
    ):
        yield Case(
            "22_unknown_expectation_%d" % number,
            post(b"Expect: " + value + b"\r\n" + length, b"hello"),
            local(417),
        )
    yield Case(
        "22_space_before_colon", post(b"Expect : 100-continue\r\n" + length, b"hello"), refused(400)
    )


CASES = [
    Case(
        "01_length_then_chunked",
        post(b"Content-Length: 5\r\n" + CHUNKED, EMPTY + SMUGGLED),
        refused(400),
    ),
    Case(
        "01_chunked_then_length",
        post(CHUNKED + b"Content-Length: 5\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case(
        "01_forty_fields_apart",
        post(b"Content-Length: 5\r\n" + FORTY + CHUNKED, EMPTY + SMUGGLED),
        refused(400),
    ),
    Case(
        "01_length_zero_and_chunked", post(b"Content-Length: 0\r\n" + CHUNKED, EMPTY), refused(400)
    ),
    Case(
        "02_two_lengths",
        post(b"Content-Length: 5\r\nContent-Length: 6\r\n", b"hello!"),
        refused(400),
    ),
    Case(
        "02_two_lengths_apart",
        post(b"Content-Length: 5\r\n" + FORTY + b"content-length: 6\r\n", b"hello!"),
        refused(400),
    ),
    Case("02_length_list", post(b"Content-Length: 5, 6\r\n", b"hello!"), refused(400)),
    Case(
        "03_equal_lengths",
        post(b"Content-Length: 5\r\nContent-Length: 5\r\n", b"hello"),
        refused(400),
    ),
    Case("03_equal_length_list", post(b"Content-Length: 5, 5\r\n", b"hello"), refused(400)),
    *_lengths(),
    *_codings(),
    Case(
        "08_chunked_not_last",
        post(b"Transfer-Encoding: chunked, gzip\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case(
        "09_gzip_then_chunked",
        post(b"Transfer-Encoding: gzip, chunked\r\n", EMPTY + SMUGGLED),
        refused(501),
    ),
    Case(
        "10_chunked_twice",
        post(b"Transfer-Encoding: chunked, chunked\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case("10_two_coding_lines", post(CHUNKED + CHUNKED, EMPTY + SMUGGLED), refused(400)),
    Case(
        "10_two_lines_gzip_chunked",
        post(b"Transfer-Encoding: gzip\r\n" + CHUNKED, EMPTY + SMUGGLED),
        refused(400, 501),
    ),
    Case(
        "11_space_and_tab_are_trimmed",
        post(b"Transfer-Encoding: \t chunked \t \r\n", b"5\r\nhello\r\n" + EMPTY),
        served(HELLO),
    ),
    Case(
        "12_space_before_colon",
        post(b"Transfer-Encoding : chunked\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case(
        "12_tab_before_colon",
        post(b"Transfer-Encoding\t: chunked\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case("12_any_field_space_before_colon", get(fields=b"X-Any : 1\r\n"), refused(400)),
    Case(
        "13_folded_coding",
        post(b"Transfer-Encoding:\r\n chunked\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case("13_folded_host", b"GET /x HTTP/1.1\r\nHost: a.test\r\n .evil\r\n\r\n", refused(400)),
    Case("13_folded_authorization", get(fields=b"Authorization: Basic\r\n\tabc\r\n"), refused(400)),
    Case("13_folded_any", get(fields=b"X-Any: 1\r\n 2\r\n"), refused(400)),
    Case(
        "14_space_before_first_field",
        b"GET /x HTTP/1.1\r\n X: 1\r\n" + HOST + b"\r\n",
        refused(400),
    ),
    Case("14_whitespace_only_line", get(fields=b" \r\nX: 1\r\n"), refused(400)),
    Case(
        "14_whitespace_line_before_fields",
        b"GET /x HTTP/1.1\r\n \t\r\n" + HOST + b"\r\n",
        refused(400),
    ),
    Case(
        "15_underscore_coding",
        post(b"Transfer_Encoding: chunked\r\n", EMPTY + SMUGGLED),
        refused(400),
    ),
    Case("15_underscore_length", post(b"Content_Length: 5\r\n", b"hello"), refused(400)),
    Case(
        "16_coding_in_any_case",
        post(b"tRANSFER-eNCODING: CHUNKED\r\n", b"5\r\nhello\r\n" + EMPTY),
        served(HELLO),
    ),
    Case(
        "18_chunked_in_http_1_0",
        b"POST /x HTTP/1.0\r\n" + HOST + CHUNKED + b"\r\n" + EMPTY + SMUGGLED,
        refused(400),
    ),
    *(
        Case(
            "19_connection_names_" + name.decode(),
            post(b"Connection: " + name + b"\r\n" + line, b"hello"),
            refused(400),
        )
        for name, line in (
            (b"content-length", b"Content-Length: 5\r\n"),
            (b"host", b"Content-Length: 5\r\n"),
            (b"Authorization", b"Content-Length: 5\r\nAuthorization: Basic eA==\r\n"),
            (b"X-Forwarded-For", b"Content-Length: 5\r\nX-Forwarded-For: 1.2.3.4\r\n"),
        )
    ),
    Case(
        "19_connection_names_a_hop_field",
        get(fields=b"Connection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nX-End: 2\r\n"),
        served(Seen(b"GET /x", fields=((b"x-end", b"2"),)), closed=True),
    ),
    *_skipped_bodies(),
    *_unread_bodies(),
    *_expectations(),
]
