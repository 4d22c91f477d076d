"""Runs one case at a time under the whole oracle of the negative cases:

1. the client sees a named answer            4. sanitizers silent, process alive
2. the upstream saw exactly these requests   5. memory and descriptors back to base
3. an innocent client got its own answers
"""

import collections
import json
import os
import time
from dataclasses import dataclass

from . import wire
from .client import Client
from .innocent import Innocent, describe
from .proxy import Proxy, is_sanitized, scratch_dir
from .upstream import Upstream
from .want import compare

HALF_CLOSE = "half close"  # steps of a case beside plain bytes
AWAIT_ANSWER = "await answer"
AWAIT_INTERIM = "await interim"
RELEASE = "release"  # lets the upstream's script go on after LATER
AWAIT_UPSTREAM = "await upstream"  # one turn of the worker, so that the upstream has what is ready

_WARM_UP = 50
_SETTLE_TURNS = 200
_LOG_DEADLINE_S = 10
_PEAK_KIB = 16 * 1024  # what one hostile connection may cost for a moment
_GROWTH_KIB = 8 * 1024  # what a whole repeated pass may leave behind
_CLEAN_CLOSE_BYTES = 32 * 1024  # up to here a refusal must not be lost in a reset


@dataclass(frozen=True)
class Case:
    name: str  # number in negative-cases, then words
    send: object  # bytes, or a tuple of bytes and steps
    want: tuple  # of Want
    listener: str = "web"
    host: bytes = b"a.test"  # for the sentinel after it
    unpooled: bool = False  # the upstream connection it used must be closed afterwards

    def steps(self):
        return (self.send,) if isinstance(self.send, bytes) else self.send

    def size(self):
        return sum(len(step) for step in self.steps() if isinstance(step, bytes))


class Bench:
    """One proxy, one upstream, one innocent client; `configure(upstream, log)` gives the text."""

    def __init__(self, configure, scripts=None, flags=()):
        self.upstream = Upstream()
        self.upstream.scripts.update(scripts or {})
        self.log_path = os.path.join(scratch_dir(), "access.log")
        self._text = configure(self.upstream, self.log_path)
        self._flags = flags
        self._sanitized = is_sanitized()
        self._sentinels = 0
        self.local_answers = []  # (case, status)
        self.pass_rss = None
        self.proxy = None
        self._start()

    def run(self, case, bytewise):
        """Returns complaints; empty means the case holds."""
        if not self.proxy.alive():
            self._start()
        try:
            return self._run(case, bytewise)
        except OSError as error:
            self.innocent.close()
            return ["conversation broke: %s" % error] + self._deaths()

    def _run(self, case, bytewise):
        mark, order_mark = self.upstream.mark(), len(self.upstream.order)
        rss, first_asked = self.proxy.rss_kib(), len(self.innocent.asked)
        self.proxy.reset_peak()
        self.innocent.begin()
        client = Client(self.proxy.addresses[case.listener], bytewise, _methods(case))
        complaints, sentinel, closed = self._converse(client, case)
        complaints += self.innocent.finish() + self.innocent.ask()
        expected_noise = set(self.innocent.asked[first_asked:]) | {sentinel}
        client.close()
        complaints += self.innocent.ask()
        expected_noise |= set(self.innocent.asked[first_asked:])
        used, requests, cut, broken = self._recorded(mark, order_mark, expected_noise)
        complaints += broken + compare(case.want, client, closed, requests, cut)
        if complaints:
            complaints.append("client: " + describe(client))
        complaints += self._settle(used if case.unpooled or cut else ()) + self._health(rss)
        self._note_local(case, client)
        return complaints

    def growth(self):
        """Complaints when a repeated pass left memory behind; the first pass sets the base."""
        rss = self.proxy.rss_kib()
        if self.pass_rss is None or self._sanitized:
            self.pass_rss = rss
        grown = rss - self.pass_rss
        return ["a pass left %d KiB behind" % grown] if grown > _GROWTH_KIB else []

    def finish(self):
        """Stops the proxy: clean exit, silent sanitizers, and a reason logged for each refusal."""
        self.innocent.close()
        complaints = []
        if self.proxy.stop() != 0:
            complaints.append("exit %s after SIGTERM, want 0" % self.proxy.exit_code)
        complaints += ["stderr: %r" % line for line in self.proxy.sanitizer_reports()]
        self.upstream.stop()
        return complaints + self._log_complaints()

    def log_lines(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return [json.loads(line) for line in file]

    def _start(self):
        self.proxy = Proxy(self._text, *self._flags)
        self.innocent = Innocent(self.proxy.addresses["web"])
        for _ in range(_WARM_UP):
            if complaints := self.innocent.ask():
                raise RuntimeError("warm-up: %s; %r" % (complaints, self.proxy.stderr()))
        self._await_log()  # the writer opens the file with the first line
        self._base_fds = self.proxy.fds() - self.upstream.open_connections()

    def _await_log(self):
        """Turns the worker until the log file has been opened and written."""
        deadline = time.monotonic() + _LOG_DEADLINE_S
        while not (os.path.exists(self.log_path) and os.path.getsize(self.log_path)):
            if time.monotonic() > deadline:
                raise RuntimeError("no access log line within %d s" % _LOG_DEADLINE_S)
            if complaints := self.innocent.ask():
                raise RuntimeError("waiting for the log: %s" % complaints)

    def _converse(self, client, case):
        """Returns (complaints, sentinel's target or None, whether the connection closed)."""
        for step in case.steps():
            self._step(client, step)
        client.wait_answers(min(len(want.answers) for want in case.want))
        sentinel = None
        if all(want.closed for want in case.want):
            client.wait_end()
        elif not client.ended:
            sentinel = self._sentinel(client, case)
        complaints = ["gave up waiting for %s" % client.timed_out] if client.timed_out else []
        if client.violation:
            complaints.append("malformed answer: %s" % client.violation)
        if client.leftover() and not client.violation:
            complaints.append("bytes after the answers: %r" % client.leftover()[:200])
        if client.reset and not client.bytewise and _must_close_cleanly(case):
            complaints.append(
                "reset instead of a close that lets the answer through (RFC 9112 9.6)"
            )
        answered = sentinel and client.answers and _is_sentinel(client.answers[-1], sentinel)
        if answered:
            client.answers.pop()
            client.interims.pop()
        return complaints, sentinel, not answered

    def _step(self, client, step):
        if step == HALF_CLOSE:
            client.half_close()
        elif step == AWAIT_ANSWER:
            client.wait_answers(1)
        elif step == AWAIT_INTERIM:
            client.wait_interim()
        elif step == RELEASE:
            self.upstream.release()
        elif step == AWAIT_UPSTREAM:
            self.innocent.finish()
            self.innocent.begin()
        else:
            client.send(step)

    def _sentinel(self, client, case):
        """One more request on the same connection: is it still in step?"""
        self._sentinels += 1
        target = b"/sentinel/%d" % self._sentinels
        client.send(b"GET %s HTTP/1.1\r\nHost: %s\r\n\r\n" % (target, case.host))
        client.wait(lambda: any(_is_sentinel(a, target) for a in client.answers), "the sentinel")
        return target

    def _recorded(self, mark, order_mark, noise):
        """Parses what came since `mark`: (connections, requests in order, cut one, complaints)."""
        used, requests, cut, complaints = [], [], None, []
        for connection, data in self.upstream.since(mark):
            strict, rest, problem = _parse_all(wire.strict_request, data)
            lax, _, _ = _parse_all(wire.lax_request, data)
            if problem:
                complaints.append("upstream got malformed bytes: %s in %r" % (problem, data[-500:]))
            elif [r.start[1] for r in strict] != [r.start[1] for r in lax]:
                complaints.append("a lax upstream reads other requests: %r" % data[-500:])
            own = [r for r in strict if r.start[1] not in noise]
            if own or rest:
                used.append(connection)
            requests += own
            cut = rest or cut
        order = self.upstream.order[order_mark:]
        requests.sort(key=lambda r: order.index(r.start[1]) if r.start[1] in order else len(order))
        return used, requests, cut, complaints

    def _settle(self, doomed):
        """Turns the worker until descriptors are back and `doomed` connections are closed."""
        for _ in range(_SETTLE_TURNS):
            if not self.proxy.alive():
                return []
            extra = self.proxy.fds() - self.upstream.open_connections() - self._base_fds
            still_open = sum(connection.open for connection in doomed)
            if extra <= 0 and not still_open:
                return []
            if complaints := self.innocent.ask():
                return complaints
        return ["left: %d descriptors, %d unusable upstream connections" % (extra, still_open)]

    def _health(self, rss_before):
        if deaths := self._deaths():
            return deaths
        used = self.proxy.peak_kib() - rss_before
        if used > _PEAK_KIB and not self._sanitized:
            return ["the case took %d KiB at its peak" % used]
        return []

    def _deaths(self):
        complaints = ["stderr: %r" % line for line in self.proxy.sanitizer_reports()]
        if not self.proxy.alive():
            text = self.proxy.stderr()[-2000:]
            complaints.append("the proxy died: exit %s, %r" % (self.proxy.stop(), text))
        return complaints

    def _note_local(self, case, client):
        self.local_answers += [
            (case.name, a.status)
            for a in client.answers
            if not a.all(b"x-echo") and a.status >= 400
        ]

    def _log_complaints(self):
        lines = [line for line in self.log_lines() if line["details"] != "via_upstream"]
        silent = [line for line in lines if line["details"] in ("", "-", None)]
        complaints = ["no response_code_details in %s" % line for line in silent[:5]]
        logged = collections.Counter(int(line["code"]) for line in lines)
        for name, status in self.local_answers:
            logged[status] -= 1
            if logged[status] < 0:
                complaints.append("refusal %d of %s is not in the access log" % (status, name))
        return complaints[:20]


def _parse_all(parse, data):
    """(whole requests, cut request or None, violation or None)"""
    requests = []
    while data:
        try:
            request = parse(data)
        except wire.Violation as violation:
            return requests, None, str(violation)
        if request is None:
            return requests, None, "an unfinished head"
        if not request.complete:
            return requests, request, None
        requests.append(request)
        data = data[request.length :]
    return requests, None, None


def _methods(case):
    """The methods of the answers to come, as far as the wants agree on them."""
    lines = [
        next(iter(s.line)) if isinstance(s.line, frozenset) else s.line for s in case.want[0].seen
    ]
    if not lines and case.steps()[0][:5] == b"HEAD ":
        return [b"HEAD"]
    return [line.split(b" ")[0] for line in lines]


def _must_close_cleanly(case):
    return case.size() <= _CLEAN_CLOSE_BYTES and not any(want.may_reset for want in case.want)


def _is_sentinel(answer, target):
    return b" %s " % target in answer.first(b"x-echo")
