"""What machine the figures come from, and how quiet it was."""
import os
import pathlib
import platform


def describe():
    cpu = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo")
                if line.startswith("model name")), platform.machine())
    return {
        "kernel": platform.release(),
        "cpu": cpu,
        "cores": os.cpu_count(),
        "mitigations": _mitigations(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def busy_ticks():
    """(stolen, other) jiffies of all cores so far: steal shows a noisy host."""
    fields = [int(f) for f in _lines("/proc/stat")[0].split()[1:]]
    return fields[7], sum(fields[:8]) - fields[7]


def steal_percent(before, after):
    stolen, other = after[0] - before[0], after[1] - before[1]
    return round(100 * stolen / max(1, stolen + other), 1)


def _mitigations():
    """Names of the CPU weaknesses that the kernel works around (they cost syscalls)."""
    folder = pathlib.Path("/sys/devices/system/cpu/vulnerabilities")
    active = [p.name for p in sorted(folder.glob("*"))
              if p.read_text().startswith("Mitigation")]
    return ", ".join(active) or "none"


def _lines(path):
    return pathlib.Path(path).read_text().splitlines()
