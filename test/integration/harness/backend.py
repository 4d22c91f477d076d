"""An HTTP backend that can die like a killed process and come back on the same port.

Requests to /health are answered by `health_status`, all others by `status`, with the backend's name
as body. One thread per connection.
"""

import http.server
import socket
import struct
import threading


class Backend:
    def __init__(self, name):
        self.name = name
        self.status = 200
        self.health_status = 200
        self.served = 0  # requests but /health
        self._lock = threading.Lock()
        self._connections = set()
        self._server = None
        self.address = ("127.0.0.1", 0)
        self.start()

    def start(self):
        backend = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self):
                super().setup()
                with backend._lock:
                    backend._connections.add(self.connection)

            def finish(self):
                with backend._lock:
                    backend._connections.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def handle(self):
                try:
                    super().handle()
                except OSError:
                    pass  # killed

            def do_GET(self):
                health = self.path == "/health"
                if not health:
                    with backend._lock:
                        backend.served += 1
                body = backend.name.encode()
                self.send_response(backend.health_status if health else backend.status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass

        self._server = Server(self.address, Handler)
        self.address = self._server.server_address
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def kill(self):
        """Connections are reset, new ones are refused."""
        server, self._server = self._server, None
        if server is None:
            return
        server.shutdown()
        server.server_close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            try:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.shutdown(socket.SHUT_RD)
                connection.close()
            except OSError:
                pass
