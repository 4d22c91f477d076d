"""A client that reads 1 byte/s holds no memory: the service is not read further than it can take.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/slow_reader.py [-k case]
"""

import socket
import threading
import time

from harness import bootstrap
from harness.proxy import Proxy, is_sanitized
from harness.suite import main, table_tests

BODY = 1 << 30
READING_S = 3.0
MAX_GROWTH_KIB = 1024
# The proxy's own limits and the sockets' buffers on both sides; a small part of the body.
MAX_TAKEN = 64 << 20
SETTLED_S = 0.5


class Service:
    """Answers one request with 1 GiB as fast as it is taken; `taken` says how much was."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = self._listener.getsockname()
        self.taken = 0
        self.ended = False
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        # The harness asks nothing on a connection of its own, so the first one is the request's.
        connection, _ = self._listener.accept()
        with connection:
            while b"\r\n\r\n" not in connection.recv(4096):
                pass
            head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % BODY
            connection.sendall(head)
            piece = bytes(65536)
            try:
                while self.taken < BODY:
                    self.taken += connection.send(piece)
            except OSError:
                pass
        self.ended = True

    def stop(self):
        self._listener.close()


def proxy_to(service):
    hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.forward("/")])]
    listeners = [bootstrap.listener("web", hosts)]
    clusters = [bootstrap.cluster("up", service.address)]
    return Proxy(bootstrap.text(bootstrap.bootstrap(listeners, clusters)))


def ask(address):
    client = socket.socket()
    # Before connecting: a window that is small from the first byte on.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect(address)
    client.sendall(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
    return client


def read_slowly(client, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if client.recv(1) == b"":
            return False
        time.sleep(1)
    return True


def settled(service):
    """How much of the body was taken once nothing moves any more."""
    before = -1
    while service.taken != before:
        before = service.taken
        time.sleep(SETTLED_S)
    return before


def a_slow_reader_costs_no_memory():
    service = Service()
    under_test, complaints = proxy_to(service), []
    rss_before = under_test.rss_kib()
    client = ask(under_test.addresses["web"])
    taken = settled(service)
    if not read_slowly(client, READING_S):
        complaints.append("the response ended early")
    growth = under_test.rss_kib() - rss_before
    if growth >= MAX_GROWTH_KIB and not is_sanitized():
        complaints.append("RSS grew by %d KiB" % growth)
    if taken > MAX_TAKEN or service.taken > MAX_TAKEN:
        complaints.append("the proxy took %d, then %d bytes" % (taken, service.taken))
    # Three bytes made no room worth a read.
    if service.taken != taken:
        complaints.append("the service is read although its client does not read")
    client.close()
    deadline = time.monotonic() + 20
    while not service.ended and time.monotonic() < deadline:
        time.sleep(0.05)
    if not service.ended:
        complaints.append("the service's connection outlives its client")
    service.stop()
    if under_test.stop() != 0:
        complaints.append("exit code %s" % under_test.exit_code)
    print("taken %d bytes, RSS +%d KiB" % (taken, growth))
    return complaints


if __name__ == "__main__":
    main(table_tests("SlowReader", {
        "a_slow_reader_costs_no_memory": a_slow_reader_costs_no_memory,
    }))
