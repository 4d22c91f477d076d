"""B 48-52: upstreams whose answers lie about where they end (RFC 9112 4, 6.3, 8).

Each script answers /b/NAME. The innocent client shares the upstream pool, so a connection that is
reused after a lie shows as a wrong answer to it.
"""

from harness.bench import AWAIT_ANSWER, RELEASE, Case
from harness.upstream import CLOSE, LATER, RESET
from harness.want import Answer, Seen, Want, any_of, passed

from .requests import HOST, get

OK = b"HTTP/1.1 200 OK\r\n"
TWO = b"content-length: 2\r\n"
POISON = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\nx-poison: 1\r\n\r\npoisoned"
CLEAN = ((b"x-poison", None),)

SCRIPTS = {}
CASES = []


def _case(name, script, want, request=None, unpooled=True):
    target = b"/b/" + name.encode()
    SCRIPTS[target] = lambda _request: list(script)
    send = request(target) if request else get(target)
    steps = (send, AWAIT_ANSWER, RELEASE) if LATER in script else send
    seen = Seen(send.split(b" ")[0] + b" " + target)
    CASES.append(Case(name, steps, want(seen), unpooled=unpooled))


def _bad_gateway(seen):
    return passed(seen, Answer((502,), True))


def _whole(body, status=200, **more):
    return lambda seen: passed(seen, Answer((status,), False, body=body, fields=CLEAN), **more)


def _truncated(data):
    """The head may have gone out; then the connection must end before the body does."""

    def want(seen):
        cut = {data[:i] for i in range(len(data) + 1)}
        unfinished = Want((Answer((200,), False, body=cut),), (seen,), True, may_reset=True)
        nothing = Want((), (seen,), True, may_reset=True)
        return any_of((unfinished,), (nothing,), _bad_gateway(seen))

    return want


def _http_1_0(target):
    return b"GET " + target + b" HTTP/1.0\r\n" + HOST + b"\r\n"


def _head(target):
    return get(target, method=b"HEAD")


def _framing():
    chunked = b"transfer-encoding: chunked\r\n"
    heads = {
        "length_and_chunked": TWO + chunked,
        "chunked_and_length": chunked + TWO,
        "two_lengths": TWO + b"content-length: 3\r\n",
        "length_list": b"content-length: 2, 3\r\n",
        "length_plus": b"content-length: +2\r\n",
        "length_hex": b"content-length: 0x2\r\n",
        "length_negative": b"content-length: -2\r\n",
        "length_empty": b"content-length:\r\n",
        "length_huge": b"content-length: 18446744073709551618\r\n",
        "coding_unknown": b"transfer-encoding: xchunked\r\n",
        "coding_not_last": b"transfer-encoding: chunked, gzip\r\n",
        "coding_twice": b"transfer-encoding: chunked, chunked\r\n",
        "folded": TWO + b"x-a: 1\r\n 2\r\n",
        "nul_in_value": TWO + b"x-a: 1\x002\r\n",
        "cr_in_value": TWO + b"x-a: 1\r2\r\n",
        "bad_name": TWO + b"x a: 1\r\n",
        "space_before_colon": TWO + b"x-a : 1\r\n",
        "empty_name": TWO + b": 1\r\n",
        "no_colon": TWO + b"nocolon\r\n",
        "bare_lf": b"content-length: 2\nx-a: 1\r\n",
    }
    for name, fields in heads.items():
        _case("48_" + name, (OK + fields + b"\r\nok", POISON), _bad_gateway)
    _case(
        "48_head_of_1_mib",
        (OK + b"x-a: " + b"v" * 2**20 + b"\r\n" + TWO + b"\r\nok",),
        _bad_gateway,
    )
    _case("48_2000_fields", (OK + b"x-a: 1\r\n" * 2000 + TWO + b"\r\nok",), _bad_gateway)
    _case(
        "48_connection_names_end_to_end_field",
        (OK + b"connection: x-hop\r\nx-hop: 1\r\nx-end: 2\r\n" + TWO + b"\r\nok",),
        lambda seen: passed(
            seen, Answer((200,), False, body=b"ok", fields=((b"x-hop", None), (b"x-end", b"2")))
        ),
        unpooled=False,
    )


def _after_the_end():
    _case("49_bytes_after_length", (OK + TWO + b"\r\nok" + POISON,), _whole(b"ok"))
    _case(
        "49_bytes_on_an_idle_connection",
        (OK + TWO + b"\r\nok", LATER, POISON),
        _whole(b"ok", closed=False),
    )
    _case(
        "49_408_on_an_idle_connection",
        (OK + TWO + b"\r\nok", LATER, b"HTTP/1.1 408 Idle\r\n\r\n"),
        _whole(b"ok", closed=False),
    )
    _case(
        "49_bytes_after_last_chunk",
        (OK + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + POISON,),
        _whole(b"ok"),
    )
    _case("49_body_on_head", (OK + TWO + b"\r\nok" + POISON,), _whole(b""), _head)
    _case(
        "49_chunked_body_on_head",
        (OK + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n" + POISON,),
        _whole(b""),
        _head,
    )
    _case("49_body_on_204", (b"HTTP/1.1 204 No\r\n\r\n" + POISON,), _whole(b"", 204))
    _case("49_body_on_304", (b"HTTP/1.1 304 No\r\n" + TWO + b"\r\nok" + POISON,), _whole(b"", 304))
    _case(
        "49_length_on_204",
        (b"HTTP/1.1 204 No\r\n" + TWO + b"\r\nok" + POISON,),
        lambda seen: any_of(_whole(b"", 204)(seen), _bad_gateway(seen)),
    )


def _interims():
    early = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    final = OK + TWO + b"\r\nok"
    _case(
        "50_103_then_final",
        (early, final),
        _whole(b"ok", closed=False, interims=((103,),)),
        unpooled=False,
    )
    _case(
        "50_two_kinds_in_order",
        (b"HTTP/1.1 102 P\r\n\r\n" + early + final,),
        _whole(b"ok", closed=False, interims=((102, 103),)),
        unpooled=False,
    )
    _case(
        "50_interims_not_for_http_1_0",
        (early, final),
        _whole(b"ok", closed=True, interims=((),)),
        _http_1_0,
        unpooled=False,
    )
    _case(
        "50_interim_with_length",
        (b"HTTP/1.1 103 Early\r\ncontent-length: 5\r\n\r\n" + final,),
        lambda seen: any_of(_bad_gateway(seen), _whole(b"ok", interims=((), (103,)))(seen)),
        unpooled=False,
    )
    some = tuple((102,) * n for n in range(200))
    _case(
        "50_endless_interims",
        (b"HTTP/1.1 102 P\r\n\r\n" * 5000,),
        lambda seen: passed(seen, Answer((502,), True), interims=some),
    )


def _status_lines():
    lines = {
        "99": b"HTTP/1.1 99 No",
        "2000": b"HTTP/1.1 2000 No",
        "abc": b"HTTP/1.1 abc No",
        "000": b"HTTP/1.1 000 No",
        "20": b"HTTP/1.1 20 No",
        "negative": b"HTTP/1.1 -20 No",
        "double_space": b"HTTP/1.1  200 OK",
        "no_status": b"HTTP/1.1",
        "version_2": b"HTTP/2.0 200 OK",
        "version_lower": b"http/1.1 200 OK",
        "version_1_10": b"HTTP/1.10 200 OK",
        "control_in_reason": b"HTTP/1.1 200 O\x01K",
        "cr_in_reason": b"HTTP/1.1 200 O\rK",
    }
    for name, line in lines.items():
        _case("51_status_" + name, (line + b"\r\n" + TWO + b"\r\nok", POISON), _bad_gateway)
    _case("51_http_0_9", (b"<html>hello</html>\n", CLOSE), _bad_gateway)
    _case("51_tls_alert", (b"\x15\x03\x01\x00\x02\x02\x46", CLOSE), _bad_gateway)
    _case("51_binary", (bytes(range(256)) * 8, CLOSE), _bad_gateway)
    gone = lambda seen: passed(seen, Answer((502, 503), True))
    # An idempotent one may be sent again on another connection (the stale keep-alive race).
    _case("51_nothing_then_close", (CLOSE,), gone, lambda t: get(t, method=b"POST"))
    _case("51_nothing_then_reset", (RESET,), gone, lambda t: get(t, method=b"POST"))
    _case("51_half_a_head_then_close", (OK + b"content-le", CLOSE), gone)


def _truncations():
    data = b"0123456789" * 20
    _case(
        "52_close_before_length",
        (OK + b"content-length: 300\r\n\r\n" + data, CLOSE),
        _truncated(data),
    )
    _case(
        "52_reset_before_length",
        (OK + b"content-length: 300\r\n\r\n" + data, RESET),
        _truncated(data),
    )
    chunked = OK + b"transfer-encoding: chunked\r\n\r\n"
    for name, body in (
        ("before_a_chunk", b"c8\r\n" + data + b"\r\n"),
        ("in_a_chunk", b"ff\r\n" + data),
        ("in_the_last_chunk", b"c8\r\n" + data + b"\r\n0"),
        ("after_the_last_size", b"c8\r\n" + data + b"\r\n0\r\n"),
    ):
        _case("52_close_" + name, (chunked + body, CLOSE), _truncated(data))
        _case("52_reset_" + name, (chunked + body, RESET), _truncated(data))
    for name, body in (
        ("bad_size", b"c8\r\n" + data + b"\r\nxx\r\n"),
        ("no_crlf_after_data", b"c8\r\n" + data + b"xx0\r\n\r\n"),
    ):
        _case("52_" + name, (chunked + body, POISON), _truncated(data))
    _case("52_body_until_close_is_whole", (OK + b"\r\n" + data, CLOSE), _whole(data))
    _case(
        "52_http_1_0_body_until_close_is_whole",
        (b"HTTP/1.0 200 OK\r\n\r\n" + data, CLOSE),
        _whole(data),
    )


_framing()
_after_the_end()
_interims()
_status_lines()
_truncations()
