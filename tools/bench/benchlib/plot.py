"""Draws one result: bars with quartile whiskers. Runs in the bench's own
environment (matplotlib), as a program: plot.py RESULT.json PICTURE.png"""
import json
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import LogFormatter  # noqa: E402

COLOURS = {"floor": "#9e9e9e", "sluice": "#1b7f5c", "haproxy": "#4a78b5", "nginx": "#c98a2b",
           "envoy": "#a8456b"}


def label(row):
    value = row["value"]["median"]
    text = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
    return f"{text}\n{row['ratio']['median']:.2f}x" if row["ratio"] else text


def draw(result, path):
    groups = list(dict.fromkeys(r["group"] for r in result["rows"]))
    peers = list(dict.fromkeys(r["peer"] for r in result["rows"]))
    bars = len(groups) * (len(peers) + 1)
    figure, axes = plt.subplots(figsize=(min(14, max(8, 0.75 * bars + 1)), 4.8), constrained_layout=True)
    width = 0.8 / len(peers) if len(groups) > 1 else 0.62
    for row in result["rows"]:
        g, p = groups.index(row["group"]), peers.index(row["peer"])
        x = g + (p - (len(peers) - 1) / 2) * width if len(groups) > 1 else p
        value = row["value"]
        whiskers = [[value["median"] - value["q1"]], [value["q3"] - value["median"]]]
        axes.bar(x, value["median"], width * 0.94, color=COLOURS[row["peer"].split(",")[0]], yerr=whiskers,
                 capsize=4, ecolor="#333333", label=row["peer"] if g == 0 else None)
        axes.annotate(label(row), (x, value["q3"]), xytext=(0, 4), textcoords="offset points",
                      ha="center", fontsize=8 if len(groups) > 1 else 9)
    if len(groups) > 1:
        axes.set_xticks(range(len(groups)), groups)
        axes.legend(frameon=False, ncols=len(peers), loc="lower left",
                    bbox_to_anchor=(0, 0.98), fontsize=9)
    else:
        axes.set_xticks(range(len(peers)),
                        [f"{p}\n{short(result['versions'].get(p, ''))}" for p in peers])
    if result.get("log_scale"):
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(LogFormatter(minor_thresholds=(1.5, 0.4)))
    axes.margins(y=0.18)
    axes.set_ylabel(result["metric"] + (" (log scale)" if result.get("log_scale") else ""))
    axes.set_title(result["title"], fontsize=11, pad=24 if len(groups) > 1 else 8)
    axes.spines[["top", "right"]].set_visible(False)
    host = result["host"]
    figure.supxlabel(f"median, whiskers: quartiles; under it the ratio to the floor  |  "
                     f"access log {result['access_log']}, kernel {host['kernel']}, "
                     f"{host['cores']} cores, {result['time']}", fontsize=7, color="#555555")
    figure.savefig(path, dpi=130)


def short(version):
    return version if len(version) <= 16 else version[:15] + "…"


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as source:
        draw(json.load(source), sys.argv[2])
