"""A second C++ toolchain, Clang 14, beside the one Bazel finds by itself (GCC).

A toolchain of its own, with --platform_suffix, rather than CC=clang: switching reconfigures
nothing, and each configuration keeps its outputs.
"""

load("@bazel_tools//tools/cpp:lib_cc_configure.bzl", "get_cpu_value")
load("@bazel_tools//tools/cpp:unix_cc_configure.bzl", "configure_unix_toolchain")

def _clang_impl(ctx):
    clang = ctx.which("clang-14") or fail("clang-14 is needed; run tools/setup")
    configure_unix_toolchain(ctx, get_cpu_value(ctx), {"gcc": str(clang)})

# Fetched only when a --config names it.
clang_toolchain = repository_rule(
    implementation = _clang_impl,
    environ = ["PATH"],
    configure = True,
)
