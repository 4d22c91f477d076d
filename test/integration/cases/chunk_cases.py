"""A 26-32: chunked bodies, truncation and trailers (RFC 9112 7 and 8, RFC 9110 6.5)."""

from harness.bench import AWAIT_UPSTREAM, HALF_CLOSE, Case
from harness.want import Seen, any_of, dropped, refused, served

from .requests import SMUGGLED, chunked, get, post

HELLO = Seen(b"POST /x", b"hello")
FIRST = b"5\r\nhello\r\n"
LAST = b"0\r\n\r\n"


def _aborted(*statuses, body=b"hello"):
    """Refused in the body: the upstream has seen nothing, or the beginning of an aborted request."""
    return any_of(refused(*statuses), refused(*statuses, cut=body))


def _gone(*statuses, body=b"hello"):
    """As _aborted, for clients which no longer send: an answer is allowed, not owed."""
    return any_of(dropped(), dropped(cut=body), _aborted(*statuses, body=body))


def _sizes():
    bad = (
        b"5\n",
        b"5\r",
        b"0x5\r\n",
        b"+5\r\n",
        b"-1\r\n",
        b"5_0\r\n",
        b" 5\r\n",
        b"5 \r\n",
        b"\r\n",
        b"5\t\r\n",
        b"g\r\n",
        b"5,\r\n",
        b"5.0\r\n",
        b"\x005\r\n",
    )
    for number, line in enumerate(bad):
        yield Case(
            "26_bad_size_%02d" % number,
            chunked(line + b"hello\r\n" + LAST + SMUGGLED),
            _aborted(400),
        )
        yield Case(
            "26_bad_second_size_%02d" % number,
            chunked(FIRST + line + b"world\r\n" + LAST + SMUGGLED),
            _aborted(400),
        )
    for size in (b"10000000000000005", b"0" * 17, b"f" * 17, b"0" * 400 + b"5"):
        yield Case(
            "27_size_of_%d_digits_%s" % (len(size), size[:2].decode()),
            chunked(size + b"\r\nhello\r\n" + LAST + SMUGGLED),
            _aborted(400, 413),
        )
    yield Case(
        "27_size_in_hex_of_any_case",
        chunked(b"0A\r\n0123456789\r\n" + LAST),
        served(Seen(b"POST /x", b"0123456789")),
    )


def _extensions():
    for number, ext in enumerate(
        (b";a", b";a=b", b';a="x;y"', b';a="x\\"y";b=c', b";a=" + b"v" * 4000)
    ):
        yield Case(
            "28_extension_is_dropped_%d" % number,
            chunked(b"5" + ext + b"\r\nhello\r\n" + LAST),
            served(HELLO),
        )
    for number, ext in enumerate(
        (b";a\nb", b";a=b\n", b";a\x00b", b";a=\x01", b';a="\x7f"', b";a\rb")
    ):
        yield Case(
            "28_control_in_extension_%d" % number,
            chunked(b"5" + ext + b"\r\nhello\r\n" + LAST),
            _aborted(400),
        )
    yield Case("28_open_quote", chunked(b'5;a="b\r\nhello\r\n0\r\n\r\n' + SMUGGLED), _aborted(400))
    yield Case(
        "28_extension_over_4_kib",
        chunked(b"5;a=" + b"v" * 4200 + b"\r\nhello\r\n" + LAST),
        _aborted(400),
    )
    yield Case(
        "28_extension_of_1_mib",
        chunked(b"5;a=" + b"v" * 2**20 + b"\r\nhello\r\n" + LAST),
        _aborted(400),
    )
    yield Case("28_extension_on_the_last_chunk", chunked(FIRST + b"0;a=b\r\n\r\n"), served(HELLO))
    chunk = b"1;" + b"e" * 199 + b"\r\nx\r\n"
    yield Case(
        "28_extensions_within_16_kib",
        chunked(chunk * 60 + LAST),
        served(Seen(b"POST /x", b"x" * 60)),
    )
    yield Case(
        "28_extensions_on_100000_chunks",
        chunked(chunk * 100_000 + LAST),
        _aborted(400, body=b"x" * 100_000),
    )


def _cut_bodies():
    cuts = {
        "in_a_size": b"5",
        "after_a_size": b"5\r\n",
        "in_a_chunk": b"5\r\nhel",
        "before_the_end_of_a_chunk": b"5\r\nhello",
        "after_a_chunk": FIRST,
        "in_the_last_chunk": FIRST + b"0",
        "after_the_last_chunk": FIRST + b"0\r\n",
        "in_the_trailers": FIRST + b"0\r\nX-A: 1\r\n",
    }
    for name, body in cuts.items():
        yield Case("30_end_" + name, (chunked(body), HALF_CLOSE), _gone(400, 408))
        yield Case(
            "30_late_end_" + name, (chunked(body), AWAIT_UPSTREAM, HALF_CLOSE), _gone(400, 408)
        )
        yield Case("30_stall_" + name, chunked(body), _gone(400, 408), listener="hasty")
    short = post(b"Content-Length: 10\r\n", b"hello")
    yield Case("30_end_before_content_length", (short, HALF_CLOSE), _gone(400, 408))
    yield Case(
        "30_late_end_before_content_length", (short, AWAIT_UPSTREAM, HALF_CLOSE), _gone(400, 408)
    )
    yield Case("30_stall_before_content_length", short, _gone(400, 408), listener="hasty")
    yield Case("30_end_in_the_head", (get()[:-4], HALF_CLOSE), any_of(dropped(), refused(400, 408)))
    yield Case(
        "30_stall_in_the_head", get()[:-4], any_of(dropped(), refused(408)), listener="hasty"
    )
    yield Case("30_end_without_a_byte", (b"", HALF_CLOSE), dropped())


def _trailers():
    names = (
        b"Content-Length: 3",
        b"Transfer-Encoding: chunked",
        b"Host: b.test",
        b"Authorization: Basic eA==",
        b"Cookie: a=b",
        b"X-Forwarded-For: 9.9.9.9",
        b"X-Forwarded-Proto: https",
    )
    for line in names:
        name = line.partition(b":")[0].lower()
        seen = Seen(b"POST /x", b"hello", not_trailers=(name,))
        yield Case(
            "31_trailer_" + name.decode(),
            chunked(FIRST + b"0\r\n" + line + b"\r\n\r\n") + get(b"/second"),
            served(seen, Seen(b"GET /second")),
        )
    yield Case(
        "31_ordinary_trailer",
        chunked(FIRST + b"0\r\nX-Sum: 1\r\n\r\n") + get(b"/second"),
        served(HELLO, Seen(b"GET /second")),
    )
    too_many = b"".join(b"X-%d: v\r\n" % i for i in range(1000))
    for name, lines in (
        ("1000", too_many),
        ("21", b"".join(b"X-%d: v\r\n" % i for i in range(21))),
        ("1_mib", b"X: " + b"v" * 2**20 + b"\r\n"),
        ("over_8_kib", b"X: " + b"v" * 9000 + b"\r\n"),
    ):
        yield Case(
            "32_trailers_" + name, chunked(FIRST + b"0\r\n" + lines + b"\r\n"), _aborted(400, 431)
        )
    for name, lines in (
        ("folded", b"X: 1\r\n 2\r\n"),
        ("without_colon", b"nocolon\r\n"),
        ("bad_name", b"X Y: 1\r\n"),
        ("space_before_colon", b"X : 1\r\n"),
        ("nul", b"X: \x00\r\n"),
        ("bare_lf", b"X: 1\n"),
    ):
        yield Case(
            "32_trailer_" + name,
            chunked(FIRST + b"0\r\n" + lines + b"\r\n" + SMUGGLED),
            _aborted(400, 431),
        )


CASES = [
    *_sizes(),
    *_extensions(),
    Case("29_data_longer_than_size", chunked(b"5\r\nhelloX\r\n" + LAST + SMUGGLED), _aborted(400)),
    Case(
        "29_data_shorter_than_size",
        chunked(b"5\r\nhell\r\n" + LAST + SMUGGLED),
        _aborted(400, body=b"hell\r"),
    ),
    Case("29_no_crlf_after_data", chunked(b"5\r\nhello" + LAST + SMUGGLED), _aborted(400)),
    Case("29_lf_after_data", chunked(b"5\r\nhello\n" + LAST + SMUGGLED), _aborted(400)),
    Case("29_cr_after_data", chunked(b"5\r\nhello\r" + LAST + SMUGGLED), _aborted(400)),
    Case("29_last_chunk_ended_by_lf", chunked(FIRST + b"0\r\n\n" + SMUGGLED), _aborted(400)),
    Case("29_last_size_ended_by_lf", chunked(FIRST + b"0\n\r\n" + SMUGGLED), _aborted(400)),
    *_cut_bodies(),
    *_trailers(),
]
