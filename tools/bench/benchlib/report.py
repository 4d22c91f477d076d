"""A result as a table in the terminal, as JSON and as a picture in out/bench."""
import json
import pathlib
import shutil
import subprocess
import time

from . import toolchain


def table(result):
    """Aligned lines; a blank one between groups."""
    extra = list(dict.fromkeys(name for r in result["rows"] for name in r["columns"]))
    grouped = any(r["group"] for r in result["rows"])
    head = ([""] if grouped else []) + ["peer", result["metric"], "quartiles",
                                        "ratio to floor", "quartiles", *extra]
    lines, previous = [head], None
    for row in result["rows"]:
        if previous is not None and row["group"] != previous:
            lines.append([""] * len(head))
        group = [row["group"] if row["group"] != previous else ""] if grouped else []
        previous = row["group"]
        lines.append(group + [row["peer"], number(row["value"]["median"]), _spread(row["value"]),
                              f"{row['ratio']['median']:.2f}" if row["ratio"] else "",
                              _spread(row["ratio"]) if row["ratio"] else "",
                              *(row["columns"].get(name, "") for name in extra)])
    # A mode without rounds has no quartiles; an empty column says nothing.
    kept = [i for i in range(len(head)) if any(line[i] for line in lines[1:])]
    lines = [[line[i] for i in kept] for line in lines]
    head = lines[0]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    left = {0, 1} if grouped else {0}
    left |= {head.index(name) for name in extra if name.startswith("calls")}
    return "\n".join("  ".join(cell.ljust(w) if i in left else cell.rjust(w)
                               for i, (cell, w) in enumerate(zip(line, widths))).rstrip()
                     for line in lines)


def number(value):
    """Three digits or more, without an exponent."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _spread(summary):
    if summary["q1"] == summary["q3"]:
        return ""
    form = number if summary["median"] >= 100 else "{:.2f}".format
    return f"{form(summary['q1'])}..{form(summary['q3'])}"


def heading(result):
    host = result["host"]
    versions = ", ".join(f"{k} {v}" for k, v in result["versions"].items() if v)
    return (f"{result['title']}\n"
            f"kernel {host['kernel']}, {host['cpu']}, {host['cores']} cores, "
            f"mitigations: {host['mitigations']}\n"
            f"{versions}\naccess log {result['access_log']}, "
            f"load average at start {host['load_average']}, steal {host['steal_percent']} %")


def write(result, folder):
    """MODE-TIME.json and .png, and the same as MODE.json and .png; their paths."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{result['mode']}-{time.strftime('%Y%m%d-%H%M%S')}"
    data = folder / f"{stem}.json"
    data.write_text(json.dumps(result, indent=1) + "\n")
    written = [data]
    picture = plot(data)
    if picture:
        written.append(picture)
    for path in written:
        shutil.copy(path, folder / f"{result['mode']}{path.suffix}")
    return written


def plot(data):
    """The picture of a JSON file, beside it; None without matplotlib."""
    python = toolchain.plot_python()
    if python is None:
        return None
    picture = data.with_suffix(".png")
    script = pathlib.Path(__file__).with_name("plot.py")
    done = subprocess.run([str(python), str(script), str(data), str(picture)])
    return picture if done.returncode == 0 else None
