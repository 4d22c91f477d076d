"""Short ways to write the bytes of a request."""

HOST = b"Host: a.test\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n"


def get(target=b"/x", fields=b"", method=b"GET"):
    """`fields` are whole lines."""
    return method + b" " + target + b" HTTP/1.1\r\n" + HOST + fields + b"\r\n"


def post(fields, body=b"", target=b"/x", method=b"POST"):
    return get(target, fields, method) + body


def chunked(body, target=b"/x"):
    """A chunked POST; `body` is the coded body."""
    return post(b"Transfer-Encoding: chunked\r\n", body, target)
