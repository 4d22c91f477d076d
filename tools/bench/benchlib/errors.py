"""The one exception the driver raises on purpose."""


class BenchError(Exception):
    """Something the person at the terminal must fix; the text says what."""
