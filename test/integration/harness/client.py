"""One raw client connection: sends bytes as told, reads answers with its own parser."""

import select
import socket
import time

from . import wire

DEADLINE_S = 4.0  # for one step of a conversation; reaching it is a failure, never a wait


class Client:
    """`answers` are final responses in order, `interims` the 1xx ones before each of them."""

    def __init__(self, address, bytewise=False, methods=()):
        self._sock = socket.create_connection(address)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setblocking(False)
        self.bytewise = bytewise
        self._methods = list(methods)  # of the requests, in order; GET where not told
        self._unparsed = b""
        self._interims_now = []
        self.received = b""
        self.answers = []
        self.interims = []
        self.violation = None
        self.ended = False  # the proxy closed its side
        self.reset = False  # ... by RST
        self.timed_out = None  # what was being waited for

    def send(self, data):
        """Writes all of `data`, reading as answers come; stops early when the proxy closes."""
        deadline = time.monotonic() + DEADLINE_S + len(data) / 50_000
        view, sent, poll = memoryview(data), 0, select.poll()
        poll.register(self._sock, select.POLLIN | select.POLLOUT)
        while sent < len(data) and not self.ended:
            if time.monotonic() > deadline:
                self.timed_out = "room to send"
                return
            ready = poll.poll(1000)
            if any(event & ~select.POLLOUT for _, event in ready):
                self._receive()
            elif ready:
                sent += self._write(view[sent : sent + self._piece(len(data), sent)])

    def half_close(self):
        if not self.reset:
            try:
                self._sock.shutdown(socket.SHUT_WR)
            except OSError:
                self.ended = self.reset = True

    def wait(self, until, what):
        """Reads until `until()` holds or the proxy closes."""
        deadline, poll = time.monotonic() + DEADLINE_S, select.poll()
        poll.register(self._sock, select.POLLIN)
        while not self.ended and not until():
            left = deadline - time.monotonic()
            if left <= 0:
                self.timed_out = what
                return
            if poll.poll(left * 1000):
                self._receive()

    def wait_answers(self, count):
        self.wait(lambda: len(self.answers) >= count or self.violation, "answer %d" % count)

    def wait_interim(self):
        self.wait(lambda: self._interims_now or self.answers or self.violation, "a 1xx answer")

    def wait_end(self):
        self.wait(lambda: False, "the proxy to close")

    def expect_method(self, method):
        self._methods.append(method)

    def close(self):
        self._sock.close()

    def leftover(self):
        """Bytes which belong to no answer."""
        return self._unparsed

    def _piece(self, total, sent):
        # Long inputs go byte by byte only at both ends; the middle in odd pieces.
        if not self.bytewise:
            return total
        return 1 if total < 16384 or sent < 4096 or sent > total - 4096 else 997

    def _write(self, piece):
        try:
            return self._sock.send(piece)
        except BlockingIOError:
            return 0
        except OSError:
            self._receive()
            self.ended = self.reset = True
            return 0

    def _receive(self):
        while not self.ended:
            try:
                data = self._sock.recv(262144)
            except BlockingIOError:
                break
            except OSError:
                self.ended = self.reset = True
                break
            self.ended = not data
            self.received += data
            self._unparsed += data
        self._parse()

    def _parse(self):
        while self._unparsed and not self.violation:
            index = len(self.answers)
            to_head = index < len(self._methods) and self._methods[index] == b"HEAD"
            try:
                message = wire.response(self._unparsed, to_head, self.ended)
            except wire.Violation as violation:
                self.violation = str(violation)
                return
            if message is None:
                return
            self._unparsed = self._unparsed[message.length :]
            if message.status < 200:
                self._interims_now.append(message.status)
                continue
            self.answers.append(message)
            self.interims.append(tuple(self._interims_now))
            self._interims_now = []
