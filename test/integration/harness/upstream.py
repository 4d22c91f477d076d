"""An upstream that records every byte per connection and answers by script.

One thread runs all connections. In strict mode a framing violation is recorded and answered by 400
and close; in lax mode whatever looks like a request is answered, as a careless server would.
"""

import selectors
import socket
import struct
import threading

from . import wire

CLOSE = object()  # in a script: end the connection after the bytes before it
RESET = object()  # in a script: as CLOSE, by RST
LATER = object()  # in a script: what follows waits for Upstream.release()


class Connection:
    """What one connection has carried; read it only through Upstream.since()."""

    def __init__(self, number, sock):
        self.number = number
        self.sock = sock
        self.data = b""  # every byte received
        self.parsed = 0  # bytes of `data` that are answered requests
        self.pending = []  # what is still to be written
        self.written = 0  # bytes of pending[0] that are gone
        self.answered_head = False
        self.ended = False  # the proxy closed or reset it
        self.open = True


class Upstream:
    """`scripts` maps a target to f(request) -> [bytes | CLOSE | RESET | LATER]; others get an echo.

    A script with attribute `at_head` set answers before the body has come.
    """

    def __init__(self):
        self.mode = "strict"
        self.bytewise = False  # write one byte per send
        self.scripts = {}
        self.connections = []
        self.order = []  # targets in order of arrival
        self._selector = selectors.DefaultSelector()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.setblocking(False)
        self.address = self._listener.getsockname()
        self._wake_in, self._wake_out = socket.socketpair()
        self._calls = []
        self._running = True
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake_in, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def mark(self):
        """A point in time for since()."""
        return self._on_loop(lambda: {c.number: len(c.data) for c in self.connections})

    def since(self, mark):
        """[(Connection, bytes received since `mark`)] for connections that got any."""

        def collect():
            pairs = [(c, c.data[mark.get(c.number, 0) :]) for c in self.connections]
            return [(c, data) for c, data in pairs if data]

        return self._on_loop(collect)

    def open_connections(self):
        return self._on_loop(lambda: sum(c.open for c in self.connections))

    def release(self):
        """Lets scripts go on that stand at LATER."""
        self._on_loop(self._release)

    def stop(self):
        self._on_loop(lambda: setattr(self, "_running", False))
        self._thread.join()
        for connection in self.connections:
            connection.sock.close()
        self._listener.close()
        self._wake_in.close()
        self._wake_out.close()

    def _release(self):
        for connection in self.connections:
            if connection.pending and connection.pending[0] is LATER:
                connection.pending.pop(0)
                self._write(connection)

    def _on_loop(self, call):
        """Runs `call` on the loop after everything that has already arrived was handled."""
        done, box = threading.Event(), []
        self._calls.append(lambda: (box.append(call()), done.set()))
        self._wake_out.send(b"x")
        if not done.wait(30):
            raise TimeoutError("the upstream thread is stuck")
        return box[0]

    def _run(self):
        while self._running:
            ready = self._selector.select()
            self._dispatch(ready)
            if any(key.data is None for key, _ in ready):
                self._wake_in.recv(4096)
                while others := [r for r in self._selector.select(0) if r[0].data]:
                    self._dispatch(others)
                while self._calls:
                    self._calls.pop(0)()

    def _dispatch(self, ready):
        for key, events in ready:
            if key.data:
                key.data(events)

    def _accept(self, _events):
        sock, _ = self._listener.accept()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = Connection(len(self.connections), sock)
        self.connections.append(connection)
        self._watch(connection, selectors.EVENT_READ, register=True)

    def _watch(self, connection, events, register=False):
        act = self._selector.register if register else self._selector.modify
        act(connection.sock, events, lambda ready: self._turn(connection, ready))

    def _turn(self, connection, ready):
        if ready & selectors.EVENT_READ:
            self._read(connection)
        if connection.open and connection.pending:
            self._write(connection)

    def _read(self, connection):
        try:
            data = connection.sock.recv(262144)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            connection.ended = True
            self._end(connection)
            return
        connection.data += data
        while self._answer_next(connection):
            pass

    def _answer_next(self, connection):
        data = connection.data[connection.parsed :]
        parse = wire.strict_request if self.mode == "strict" else wire.lax_request
        try:
            request = parse(data) if data else None
        except wire.Violation:
            connection.parsed = len(connection.data)
            connection.pending += [b"HTTP/1.1 400 Violation\r\ncontent-length: 0\r\n\r\n", CLOSE]
            return False
        if request is None:
            return False
        script = self.scripts.get(request.start[1].partition(b"?")[0], answer_echo)
        if not connection.answered_head and (request.complete or hasattr(script, "at_head")):
            connection.answered_head = True
            self.order.append(request.start[1])
            connection.pending += script(request)
        if not request.complete:
            return False
        connection.answered_head = False
        connection.parsed += request.length
        return True

    def _write(self, connection):
        while connection.pending:
            item = connection.pending[0]
            if item is LATER:
                break
            if item is CLOSE or item is RESET:
                self._end(connection, reset=item is RESET)
                return
            end = connection.written + 1 if self.bytewise else len(item)
            piece = memoryview(item)[connection.written : end]
            try:
                sent = connection.sock.send(piece)
            except BlockingIOError:
                break
            except OSError:
                connection.ended = True
                self._end(connection)
                return
            connection.written += sent
            if connection.written == len(item):
                connection.pending.pop(0)
                connection.written = 0
        blocked = connection.pending and connection.pending[0] is not LATER
        both = selectors.EVENT_READ | selectors.EVENT_WRITE
        self._watch(connection, both if blocked else selectors.EVENT_READ)

    def _end(self, connection, reset=False):
        self._selector.unregister(connection.sock)
        if reset:
            linger = struct.pack("ii", 1, 0)
            connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        connection.sock.close()
        connection.open = False
        connection.pending = []


def answer_echo(request):
    """200 with a body that names the request; `x-echo` repeats it for HEAD."""
    method, target, _ = request.start
    body = wire.echo(method, target, request.first(b"host"), request.body)
    head = (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nx-echo: %s\r\n\r\n"
    )
    head %= (len(body), body.strip())
    return [head if method == b"HEAD" else head + body]
