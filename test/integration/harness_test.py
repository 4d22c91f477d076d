"""The harness itself: with a relay that checks nothing, hostile cases fail and honest ones pass.

python3 test/integration/harness_test.py
"""

import os

from a_request_framing import configure
from cases import chunk_cases, framing_cases, head_cases
from harness import client, wire
from harness.bench import Bench
from harness.suite import main, table_tests
from harness.want import Want

HONEST = (
    "11_space_and_tab_are_trimmed",
    "25_tab_and_obs_text_in_value",
    "27_size_in_hex_of_any_case",
    "37_100_fields",
    "39_100_pipelined",
)
# Relayed as they are, these differ from what must hold, whatever the upstream makes of them.
HOSTILE = (
    "01_length_then_chunked",
    "02_two_lengths",
    "03_equal_lengths",
    "05_leading_zeros_20_digits",
    "07_unknown_coding_0",
    "12_space_before_colon",
    "13_folded_host",
    "15_underscore_coding",
    "16_coding_in_any_case",
    "18_chunked_in_http_1_0",
    "19_connection_names_host",
    "19_connection_names_a_hop_field",
    "21_local_answer_small_body",
    "22_unknown_expectation_0",
    "23_bare_lf_everywhere",
    "24_bare_cr_in_value",
    "25_0x00_in_value",
    "26_bad_size_00",
    "28_extension_is_dropped_0",
    "29_no_crlf_after_data",
    "33_version_HTTP_1_10",
    "34_double_space_after_method",
    "36_uri_over_limit",
    "37_101_fields",
    "38_bad_name_1",
    "40_pri_with_http_1_1",
)
_CASES = {c.name: c for c in framing_cases.CASES + head_cases.CASES + chunk_cases.CASES}


def _run(names, must_pass):
    complaints = []
    for mode in ("strict", "lax"):
        bench = Bench(configure)
        bench.upstream.mode = mode
        for name in names:
            found = bench.run(_CASES[name], bytewise=False)
            if bool(found) == must_pass:
                complaints.append("%s, %s upstream: %s" % (name, mode, found or "no complaint"))
        bench.proxy.stop()
        bench.upstream.stop()
    return complaints


def _a_dead_proxy_is_noticed_and_restarted():
    bench = Bench(configure)
    bench.proxy.stop()
    found = bench.run(_CASES["37_100_fields"], bytewise=True)
    bench.proxy.stop()
    bench.upstream.stop()
    return found


def _lax_and_strict_readers_disagree_on_smuggling():
    data = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"
    try:
        wire.strict_request(data)
        return ["the strict parser took a space before the colon"]
    except wire.Violation:
        pass
    lax = wire.lax_request(data)
    return [] if lax.length == len(data) else ["the lax parser read %d bytes" % lax.length]


def _a_response_that_ends_early_is_not_whole():
    data = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel"
    cut = wire.response(data, to_head=False, ended=True)
    early = wire.response(data, to_head=False, ended=False)
    return [] if early is None and not cut.complete else ["taken as whole"]


def _an_unwanted_request_is_a_complaint():
    request = wire.strict_request(b"GET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n")

    class Silent:
        answers, interims = [], []

    return [] if Want(closed=True).complaints(Silent, True, [request], None) else ["not seen"]


if __name__ == "__main__":
    os.environ["SLUICE_PROXY"] = os.path.join(os.path.dirname(__file__), "harness/blind_relay.py")
    client.DEADLINE_S = 0.5  # hostile cases end by it here
    main(
        table_tests(
            "harness",
            {
                "honest_cases_pass": lambda: _run(HONEST, must_pass=True),
                "hostile_cases_fail": lambda: _run(HOSTILE, must_pass=False),
                "a_stopped_proxy_is_restarted": _a_dead_proxy_is_noticed_and_restarted,
                "smuggling_parsers_disagree": _lax_and_strict_readers_disagree_on_smuggling,
                "an_early_end_is_not_whole": _a_response_that_ends_early_is_not_whole,
                "an_unwanted_request_is_seen": _an_unwanted_request_is_a_complaint,
            },
        )
    )
