"""Writes one BUILD.bazel per proto folder and the umbrella of //api/envoy.

A folder is one library named like its last part, so //api/envoy/config/route/v3 is the label of
package envoy.config.route.v3. Bazel refuses a cycle between folders by itself.
"""

import os

_HEADER = "# Written by tools/protogen/emit.py.\n"
_LOAD = 'load("//bazel:proto.bzl", "sluice_proto_library")\n'
_VISIBILITY = 'package(default_visibility = ["//visibility:public"])\n'
_SOURCES = """
filegroup(
    name = "sources",
    srcs = glob(["*.proto"]) + ["BUILD.bazel"],
)
"""


def render(subset, imports):
    """Returns path -> content. `imports` maps a proto path to the paths it imports."""
    folders = {}
    for path in sorted(subset.files):
        folders.setdefault(os.path.dirname(path), []).append(path)
    services = {folder for folder, paths in folders.items()
                if any(subset.files[path].services for path in paths)}
    result = {}
    for folder, paths in folders.items():
        used = {os.path.dirname(i) for path in paths for i in imports[path]}
        deps = sorted(d for d in used if d in folders and d != folder)
        result[folder + "/BUILD.bazel"] = _folder(folder, paths, deps, folder in services)
    result["envoy/BUILD.bazel"] = _umbrella(sorted(folders), sorted(services))
    return result


def _label(folder, suffix=""):
    return f"//api/{folder}" + (f":{os.path.basename(folder)}{suffix}" if suffix else "")


def _list(name, items):
    if not items:
        return ""
    return f"    {name} = [\n" + "".join(f'        "{i}",\n' for i in items) + "    ],\n"


def _folder(folder, paths, deps, grpc):
    return "".join([
        _HEADER, _LOAD, "\n", _VISIBILITY, "\nsluice_proto_library(\n",
        f'    name = "{os.path.basename(folder)}",\n',
        _list("srcs", [os.path.basename(path) for path in paths]),
        "    grpc = True,\n" if grpc else "",
        _list("deps", [_label(d) for d in deps]),
        ")\n", _SOURCES])


def _umbrella(folders, services):
    return "".join([
        _HEADER, "\n", _VISIBILITY,
        "\n# All messages of the subset; no gRPC, so the data plane may use it.\n",
        'cc_library(\n    name = "xds",\n', _list("deps", [_label(f) for f in folders]), ")\n",
        "\n# The same with the service stubs, which bring in libgrpc++.\n",
        'cc_library(\n    name = "xds_grpc",\n',
        _list("deps", [":xds"] + [_label(f, "_grpc") for f in services]), ")\n",
        "\nfilegroup(\n    name = \"sources\",\n",
        _list("srcs", ["BUILD.bazel"] + [f"//api/{f}:sources" for f in folders]), ")\n"])
