"""Bad bootstraps and bad flags: every error on stderr with its field path, exit 1 or 2, at once.

SLUICE_PROXY=bin/sluice-proxy python3 test/integration/bootstrap_errors.py [-k case]
"""

import os
import subprocess
import time

from cases.bootstrap_cases import ROWS
from harness import bootstrap
from harness.proxy import Proxy, binary, is_sanitized, scratch_dir
from harness.suite import main, table_tests

WITHIN_S = 1.0
BAD_CONFIG, BAD_FLAGS = 1, 2


def good():
    hosts = [bootstrap.virtual_host("all", ["*"], [bootstrap.forward("/")])]
    return bootstrap.bootstrap(
        [bootstrap.listener("web", hosts)], [bootstrap.cluster("up", ("127.0.0.1", 1))]
    )


def run(flags):
    """(exit code or None, stdout, stderr lines, seconds)"""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [binary(), *flags],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired as hung:
        return None, b"", (hung.stderr or b"").decode(errors="replace").splitlines(), 30.0
    lines = done.stderr.decode(errors="replace").splitlines()
    return done.returncode, done.stdout, lines, time.monotonic() - began


def _common(result, want_code):
    code, stdout, lines, seconds = result
    complaints = []
    if code != want_code:
        complaints.append("exit %s, want %d" % (code, want_code))
    if b"ready" in stdout:
        complaints.append("said that it was ready")
    if seconds > WITHIN_S * (10 if is_sanitized() else 1):
        complaints.append("took %.1f s" % seconds)
    if not lines:
        complaints.append("said nothing on stderr")
    return complaints + ["stderr: " + line for line in lines if "Sanitizer" in line]


def _config_row(broken, errors):
    text = broken
    if callable(broken):
        config = good()
        broken(config)
        text = bootstrap.text(config)
    path = os.path.join(scratch_dir(), "bootstrap.yaml")
    with open(path, "w", encoding="latin-1") as file:
        file.write(text)
    complaints = []
    for flags in (["-c", path], ["-c", path, "--mode", "validate"]):
        result = run(flags)
        lines = result[2]
        found = _common(result, BAD_CONFIG) + [
            "no line of stderr names %s %s" % error
            for error in errors
            if not any(_names(line, *error) for line in lines)
        ]
        if found:
            found.append("%s: stderr was:\n    %s" % (flags[2:], "\n    ".join(lines[:20])))
        complaints += found
    return complaints


def _names(line, path, words):
    return path in line and words in line


def _flag_row(flags, words):
    result = run(flags)
    complaints = _common(result, BAD_FLAGS)
    for word in words:
        if not any(word in line for line in result[2]):
            complaints.append("stderr does not name %s: %s" % (word, result[2][:10]))
    return complaints


def _good_file(name="good.yaml"):
    path = os.path.join(scratch_dir(), name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(bootstrap.text(good()))
    return path


FLAG_ROWS = {
    "unknown_flag": (["--no-such-flag"], ["--no-such-flag"]),
    "unknown_short_flag": (["-q"], ["-q"]),
    "no_configuration": ([], ["-c"]),
    "flag_without_value": (["-c"], ["-c"]),
    "concurrency_zero": (["-c", "x", "--concurrency", "0"], ["--concurrency", "0"]),
    "concurrency_text": (["-c", "x", "--concurrency", "two"], ["--concurrency", "two"]),
    "concurrency_negative": (["-c", "x", "--concurrency=-1"], ["--concurrency", "-1"]),
    "concurrency_huge": (["-c", "x", "--concurrency", "99999999999"], ["--concurrency"]),
    "unknown_mode": (["-c", "x", "--mode", "guess"], ["--mode", "guess"]),
    "unknown_log_level": (["-c", "x", "-l", "loud"], ["-l", "loud"]),
    "positional_argument": (["-c", "x", "extra"], ["extra"]),
    "several_at_once": (["--one", "--mode", "guess", "--two"], ["--one", "guess", "--two"]),
}


def _file_is_missing():
    path = os.path.join(scratch_dir(), "missing.yaml")
    result = run(["-c", path])
    named = any(path in line for line in result[2])
    return _common(result, BAD_CONFIG) + (
        [] if named else ["the file is not named: %s" % result[2]]
    )


def _file_is_a_directory():
    path = scratch_dir()
    result = run(["-c", path])
    named = any(path in line for line in result[2])
    return _common(result, BAD_CONFIG) + (
        [] if named else ["the file is not named: %s" % result[2]]
    )


def _good_file_validates():
    code, stdout, lines, _ = run(["-c", _good_file(), "--mode", "validate"])
    return [] if code == 0 and b"ready" not in stdout else ["exit %s: %s" % (code, lines)]


def _good_text_validates():
    code, _, lines, _ = run(["--config-yaml", bootstrap.text(good()), "--mode", "validate"])
    return [] if code == 0 else ["exit %s: %s" % (code, lines)]


def _version_and_help():
    complaints = []
    for flag in ("--version", "--help"):
        code, stdout, _, _ = run([flag])
        if code != 0 or b"sluice-proxy" not in stdout:
            complaints.append("%s: exit %s, stdout %r" % (flag, code, stdout[:200]))
    return complaints


def _starts_and_stops():
    proxy = Proxy(bootstrap.text(good()))
    found = [] if "web" in proxy.addresses else ["no address of the listener: %s" % proxy.addresses]
    if proxy.stop() != 0:
        found.append("exit %s after SIGTERM: %r" % (proxy.exit_code, proxy.stderr()[-500:]))
    return found


def _port_is_taken():
    holder = Proxy(bootstrap.text(good()))
    config = good()
    port = holder.addresses["web"][1]
    config["static_resources"]["listeners"][0]["address"] = bootstrap.socket_address(
        "127.0.0.1", port
    )
    path = os.path.join(scratch_dir(), "taken.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(bootstrap.text(config))
    result = run(["-c", path])
    complaints = _common(result, BAD_CONFIG)
    if not any(str(port) in line and "web" in line for line in result[2]):
        complaints.append("stderr names neither listener nor port: %s" % result[2])
    if holder.stop() != 0:
        complaints.append("the holder of the port was disturbed: exit %s" % holder.exit_code)
    return complaints


PROCESS_ROWS = {
    "file_is_missing": _file_is_missing,
    "file_is_a_directory": _file_is_a_directory,
    "good_file_validates": _good_file_validates,
    "good_text_validates": _good_text_validates,
    "version_and_help": _version_and_help,
    "starts_and_stops": _starts_and_stops,
    "port_is_taken": _port_is_taken,
}


if __name__ == "__main__":
    main(
        table_tests("config", {n: lambda b=b, e=e: _config_row(b, e) for n, b, e in ROWS}),
        table_tests(
            "flags", {n: lambda f=f, w=w: _flag_row(f, w) for n, (f, w) in FLAG_ROWS.items()}
        ),
        table_tests("process", PROCESS_ROWS),
    )
