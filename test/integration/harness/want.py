"""What a case may look like: the client's answers, the upstream's requests, the connection after.

A case states one Want or several by any_of(); compare() lists what differs from it.
"""

from dataclasses import dataclass, replace

from . import wire

# Fields a proxy may add or rewrite by itself; all others must be the client's, in its order.
_OWN = {
    b"host", b"content-length", b"transfer-encoding", b"via", b"x-request-id", b"x-forwarded-for",
    b"x-forwarded-proto", b"expect", b"trailer", b"x-envoy-expected-rq-timeout-ms",
    b"x-envoy-internal", b"x-envoy-external-address", b"x-envoy-original-path",
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A request exactly as the upstream must see it; a frozenset lists choices."""

    line: object  # b"GET /x"
    body: object = b""
    host: object = b"a.test"
    fields: tuple = ()  # (name, value) end-to-end, in order, own fields left out
    own: tuple = ()  # (name, choices) for fields of _OWN that matter here
    not_trailers: tuple = ()  # names that must not arrive as trailers

    def complaints(self, request):
        method, target, _ = request.start
        found = [
            ("request line", method + b" " + target, self.line),
            ("body", request.body, self.body),
            ("host", request.first(b"host"), self.host),
            ("fields", _end_to_end(request), self.fields),
            ("trailers", [n for n, _ in request.trailers if n in self.not_trailers], []),
            *((name, b"|".join(request.all(name)), values) for name, values in self.own),
        ]
        return [
            "upstream saw %s %r, want %r" % (what, _short(actual), _short(wanted))
            for what, actual, wanted in found
            if not _allowed(actual, wanted)
        ]


@dataclass(frozen=True)
class Answer:
    """A final answer. A local one is made by the proxy; others are the upstream's own words."""

    statuses: tuple
    local: bool
    echoes: bool = False  # body and x-echo must name the matching upstream request
    body: object = None  # bytes, where the upstream's script decides them
    fields: tuple = ()  # (name, value) that must be there; value None: must not

    def complaints(self, answer, request):
        if answer.status not in self.statuses:
            return ["client got %d, want %s" % (answer.status, _or(self.statuses))]
        found = []
        if self.body is not None and not _allowed(answer.body, self.body):
            found.append("client got body %r, want %r" % (answer.body[:300], self.body))
        for name, value in self.fields:
            if answer.all(name) != ([] if value is None else [value]):
                found.append("answer has %s %r, want %r" % (name, answer.all(name), value))
        if self.echoes and request is not None:
            method, target, _ = request.start
            own = wire.echo(method, target, request.first(b"host"), request.body)
            if answer.first(b"x-echo") != own.strip() or answer.body not in (own, b""):
                found.append("client got an answer to something else: %r" % answer.body[:300])
        return found


@dataclass(frozen=True)
class Want:
    answers: tuple = ()
    seen: tuple = ()
    closed: object = None  # True: closed after it; False: open and in step; None: either
    cut: object = None  # data of which an aborted upstream request may hold a beginning
    may_reset: bool = False  # the close may be an RST: the answer is cut on purpose
    interims: tuple = ((),)  # allowed sequences of 1xx before each answer

    def complaints(self, client, closed, requests, cut):
        found = []
        if len(client.answers) != len(self.answers):
            statuses = [a.status for a in client.answers][-8:]
            return [
                "client got %d answers %s, want %d"
                % (len(client.answers), statuses, len(self.answers))
            ]
        if len(requests) != len(self.seen):
            lines = [b" ".join(r.start[:2])[:200] for r in requests[-8:]]
            found.append(
                "upstream saw %d requests %s, want %d" % (len(requests), lines, len(self.seen))
            )
        echoed = iter(requests)
        for want, answer in zip(self.answers, client.answers):
            found += want.complaints(answer, next(echoed, None) if want.echoes else None)
        for want, request in zip(self.seen, requests):
            found += want.complaints(request)
        found += [
            "client got 1xx %s, want one of %s" % (got, self.interims)
            for got in client.interims
            if got not in self.interims
        ]
        return found + self._ending(client, closed, cut)

    def _ending(self, client, closed, cut):
        found = []
        if self.closed is not None and closed != self.closed:
            found.append("connection %s, want %s" % (_end(closed), _end(self.closed)))
        if closed and self.closed and client.answers and self.answers[-1].local:
            if client.answers[-1].first(b"connection").lower() != b"close":
                found.append("closed without 'connection: close' in the answer")
        if cut is not None and self.cut is None:
            found.append("upstream saw a cut request %r" % b" ".join(cut.start[:2])[:200])
        elif cut is not None and not self.cut.startswith(cut.body):
            found.append("bytes after the error went upstream: %r" % cut.body[-300:])
        return found


def refused(*statuses, cut=None):
    """One local answer, then close; with `cut` an upstream request may have begun and is aborted."""
    return (Want((Answer(statuses, True),), closed=True, cut=cut),)


def dropped(cut=None):
    """Closed without an answer."""
    return (Want((), closed=True, cut=cut),)


def local(*statuses, closed=None, interims=((),)):
    """Answered by the proxy; nothing goes upstream; the connection may live on, in step."""
    return (Want((Answer(statuses, True),), closed=closed, interims=interims),)


def served(*seen, closed=False, interims=((),)):
    """Each request reaches the upstream and is answered by it, in order."""
    answers = (Answer((200,), False, echoes=True),) * len(seen)
    return (Want(answers, tuple(seen), closed, interims=interims),)


def passed(seen, answer, closed=None, interims=((),)):
    """One request goes up, and the client gets `answer`."""
    return (Want((answer,), (seen,), closed, interims=interims),)


def any_of(*choices):
    return tuple(want for choice in choices for want in choice)


def then(first, second):
    """Two outcomes on one connection; the second decides how it ends."""
    return tuple(
        replace(b, answers=a.answers + b.answers, seen=a.seen + b.seen)
        for a in first
        for b in second
    )


def compare(wants, client, closed, requests, cut):
    """Complaints against the choice that fits best; empty when one fits."""
    results = [want.complaints(client, closed, requests, cut) for want in wants]
    best = min(results, key=len)
    if best and len(wants) > 1:
        best = ["none of %d allowed outcomes; the nearest:" % len(wants)] + best
    return best


def _end_to_end(request):
    return tuple(
        (name, value)
        for name, value in request.fields
        if name not in _OWN and not (name == b"connection" and value in (b"keep-alive", b"close"))
    )


def _allowed(actual, wanted):
    return actual in wanted if isinstance(wanted, (set, frozenset)) else actual == wanted


def _short(value):
    return value[:300] if isinstance(value, bytes) else value


def _or(statuses):
    return " or ".join(map(str, statuses))


def _end(closed):
    return "closed" if closed else "open and in step"
