"""Answers each request with what it got: host, target and the watched fields, in order."""

import socketserver
import threading


def watched(name):
    return name.startswith("x-change") or name in ("x-forwarded-host", "x-envoy-original-path")


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while line := self.rfile.readline():
            target = line.decode("latin-1").split(" ")[1]
            host, fields = "", ""
            while line := self.rfile.readline().decode("latin-1").strip():
                name, _, value = line.partition(":")
                if name.lower() == "host":
                    host = value.strip()
                elif watched(name.lower()):
                    fields += f" {name.lower()}={value.strip()}"
            body = f"{host} {target}{fields}".encode("latin-1")
            self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)


class Backend(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()
