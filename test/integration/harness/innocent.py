"""The bystander: a well-behaved client on the same worker that must get only its own answers."""

from . import wire
from .client import Client

HOST = b"innocent.test"


class Innocent:
    """`asked` are the targets it sent; the oracle takes them out of the upstream's record."""

    def __init__(self, address):
        self._address = address
        self._client = None
        self._count = 0
        self.asked = []

    def begin(self):
        """Sends the first half of a request, so that one is open while the hostile bytes run."""
        if self._client is None:
            self._client = Client(self._address)
        self._count += 1
        self.asked.append(b"/innocent/%d" % self._count)
        self._client.send(b"GET %s HTTP/1.1\r\nHost: inno" % self.asked[-1])

    def finish(self):
        """Sends the other half; returns complaints about the answer."""
        client, target = self._client, self.asked[-1]
        already = len(client.answers)
        client.send(b"cent.test\r\n\r\n")
        client.wait_answers(already + 1)
        if len(client.answers) != already + 1 or client.violation or client.leftover():
            self.close()
            return ["innocent client: %s instead of its answer" % describe(client)]
        answer = client.answers[-1]
        if answer.first(b"connection").lower() == b"close" or client.ended:
            self.close()
        own = wire.echo(b"GET", target, HOST, b"")
        if answer.status != 200 or answer.body != own:
            return ["innocent client got %d %r instead of %r" % (answer.status, answer.body, own)]
        return []

    def ask(self):
        """One whole request: also the event that says the worker has turned once."""
        self.begin()
        return self.finish()

    def close(self):
        if self._client:
            self._client.close()
        self._client = None


def describe(client):
    """What a client has heard, short enough for a failure message."""
    end = "reset" if client.reset else "closed" if client.ended else "open"
    waited = ", gave up waiting for %s" % client.timed_out if client.timed_out else ""
    broken = ", answer malformed: %s" % client.violation if client.violation else ""
    tail = client.received if len(client.received) < 700 else client.received[-700:]
    statuses = [a.status for a in client.answers][-12:]
    return "answers %s, connection %s%s%s, bytes %r" % (statuses, end, waited, broken, tail)
