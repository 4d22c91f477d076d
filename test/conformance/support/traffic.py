"""HTTP/1.1 backends that say who they are, one request, and a stream of them."""

import http.client
import http.server
import threading
import time


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.server.answer(self).encode()
        self.send_response(200)
        self.send_header("content-type", "text/plain")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Backend:
    """Answers every GET with `answer(handler)`, by default its name."""

    def __init__(self, name, answer=None):
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.answer = answer or (lambda _: name)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def ask(address, path, host="conformance.test", headers=()):
    """(status, body, headers with lower-case names). Raises OSError if there is nobody."""
    connection = http.client.HTTPConnection(*address, timeout=10)
    try:
        connection.request("GET", path, headers={"host": host, **dict(headers)})
        answer = connection.getresponse()
        fields = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, answer.read().decode(), fields
    except http.client.HTTPException as error:
        raise ConnectionError(repr(error)) from error
    finally:
        connection.close()


class Load:
    """Asks for `path` every `pause` seconds, on one connection a request, until stop()."""

    def __init__(self, address, path, good=lambda status, body: status == 200, pause=0.002):
        self.sent = 0
        self.failures = []
        self.bodies = set()
        self._ask = lambda: ask(address, path)
        self._good = good
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(pause,), daemon=True)
        self._thread.start()

    def more(self, count=50):
        """Returns once that many more were answered."""
        goal, deadline = self.sent + count, time.monotonic() + 15
        while self.sent < goal and time.monotonic() < deadline:
            time.sleep(0.005)
        assert self.sent >= goal, f"only {self.sent} of {goal} requests"

    def stop(self):
        """Raises AssertionError if a request failed."""
        self._stop.set()
        self._thread.join(15)
        assert not self.failures, f"{len(self.failures)} of {self.sent} failed: {self.failures[:3]}"
        assert self.sent > 0

    def _run(self, pause):
        while not self._stop.wait(pause):
            self.sent += 1
            try:
                status, body, _ = self._ask()
            except OSError as error:
                status, body = 0, repr(error)
            self.bodies.add(body)
            if not self._good(status, body):
                self.failures.append((status, body))
