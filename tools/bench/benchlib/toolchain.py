"""What the bench needs on the machine: its own programs, Envoy, matplotlib.

Everything is kept in ~/.cache/sluice/bench. The C++ programs are compiled here
with g++ and not by Bazel, so that the ruler does not change with the project's
flags; Bazel builds them too, for bench_test.
"""
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import venv

from .errors import BenchError

SOURCES = pathlib.Path(__file__).resolve().parent.parent
REPO = SOURCES.parent.parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"),
                     "sluice", "bench")
VENV = CACHE / "venv"
APT_PACKAGES = ("g++", "haproxy", "nginx-light", "strace", "valgrind")
_COMMON = ("histogram", "http_client", "load_options", "net")
_FLAGS = ("-std=c++20", "-O2", "-Wall", "-Wextra")


def program(name):
    """The path of backend, floor or load, compiled when its sources changed."""
    sources = sorted(SOURCES.glob("*.cc")) + sorted(SOURCES.glob("*.h"))
    key = hashlib.sha256(b"".join(p.read_bytes() for p in sources) + repr(_FLAGS).encode())
    folder = CACHE / f"bin-{key.hexdigest()[:16]}"
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        partial = folder / f"{name}.{os.getpid()}"
        files = [SOURCES / f"{stem}.cc" for stem in (name, *_COMMON)]
        argv = ["g++", *_FLAGS, f"-I{REPO}", *map(str, files), "-o", str(partial)]
        try:
            done = subprocess.run(argv, capture_output=True, text=True)
        except FileNotFoundError as error:
            raise BenchError("g++ is missing: tools/bench/run --install") from error
        if done.returncode != 0:
            raise BenchError(f"cannot compile {name}:\n{done.stderr}")
        partial.rename(path)
    return path


def envoy_path():
    """The wheel ships the binary itself; its Python starter is only a wrapper."""
    found = sorted(VENV.glob("lib/python3*/site-packages/envoy/_bin/envoy"))
    return found[0] if found else None


def plot_python():
    """The interpreter that has matplotlib, or None."""
    python = VENV / "bin" / "python"
    return python if sorted(VENV.glob("lib/python3*/site-packages/matplotlib")) else None


def install():
    """Debian packages (as root) and the private Python environment."""
    print("installing", *APT_PACKAGES, file=sys.stderr)
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", *APT_PACKAGES], check=False,
                       env=environment, stdout=subprocess.DEVNULL)
    else:
        print("not root: install them by hand:", *APT_PACKAGES, file=sys.stderr)
    ensure_venv()
    for name in ("backend", "floor", "load"):
        program(name)


def ensure_venv():
    """Makes the environment, or renews it when requirements.txt changed."""
    requirements = SOURCES / "requirements.txt"
    stamp = VENV / "requirements.txt"
    if stamp.exists() and stamp.read_bytes() == requirements.read_bytes():
        return
    print("filling", VENV, "with", requirements.name, file=sys.stderr)
    venv.create(VENV, with_pip=True)
    done = subprocess.run([str(VENV / "bin" / "pip"), "install", "-q", "--no-input",
                           "--disable-pip-version-check", "-r", str(requirements)])
    if done.returncode != 0:
        raise BenchError("pip could not fill the environment; --peers without envoy works still")
    shutil.copy(requirements, stamp)
