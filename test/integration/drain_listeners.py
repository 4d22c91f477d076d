"""POST /drain_listeners and SIGTERM: who connects afterwards is refused at once, never left hanging.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/drain_listeners.py [-k case]
"""

import http.client
import socket
import time

from harness import bootstrap
from harness.proxy import Proxy
from harness.suite import main, table_tests

WITHIN_S = 5.0


def proxy():
    hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.reply("/", 200, "here")])]
    return Proxy(bootstrap.text(bootstrap.bootstrap([bootstrap.listener("web", hosts)], [])))


def request(address, method, path):
    connection = http.client.HTTPConnection(*address, timeout=WITHIN_S)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def refused(address):
    """Whether new connections are refused within WITHIN_S."""
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection(address, timeout=WITHIN_S).close()
        except ConnectionRefusedError:
            return True
        except ConnectionResetError:
            continue  # it came while the socket was being closed
        except OSError:
            return False
    return False


def new_connections_are_refused_after_drain_listeners():
    under_test, complaints = proxy(), []
    web, admin = under_test.addresses["web"], under_test.addresses["admin"]
    if request(web, "GET", "/") != (200, b"here"):
        complaints.append("does not serve before")
    if request(admin, "POST", "/drain_listeners")[0] != 200:
        complaints.append("the admin refuses to drain")
    if not refused(web):
        complaints.append("a new connection is not refused")
    if not under_test.alive() or request(admin, "GET", "/healthz")[0] != 200:
        complaints.append("the process did not stay")
    if under_test.stop() != 0:
        complaints.append("exit code %s" % under_test.exit_code)
    return complaints


if __name__ == "__main__":
    main(table_tests("DrainListeners", {
        "new_connections_are_refused": new_connections_are_refused_after_drain_listeners,
    }))
