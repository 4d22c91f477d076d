"""Stand-ins for repositories that Bazel would otherwise fetch: the build works offline.

@bazel_tools names these three; what it loads from them exists in Bazel itself as native rules.
"""

def _stub_impl(ctx):
    for path, content in ctx.attr.files.items():
        ctx.file(path, content, executable = False)

_stub = repository_rule(
    implementation = _stub_impl,
    attrs = {"files": attr.string_dict()},
)

_CC_RULES = [
    "cc_binary",
    "cc_import",
    "cc_library",
    "cc_proto_library",
    "cc_test",
    "cc_toolchain",
    "cc_toolchain_suite",
    "fdo_prefetch_hints",
    "fdo_profile",
    "objc_import",
    "objc_library",
]

_JAVA_RULES = [
    "java_binary",
    "java_import",
    "java_library",
    "java_package_configuration",
    "java_plugin",
    "java_runtime",
    "java_test",
    "java_toolchain",
]

def _native(rules):
    return "".join(["%s = native.%s\n" % (r, r) for r in rules])

def stub_repositories():
    _stub(name = "rules_cc", files = {
        "BUILD": "",
        "cc/BUILD": "",
        "cc/defs.bzl": _native(_CC_RULES),
    })
    _stub(name = "rules_java", files = {
        "BUILD": "",
        "java/BUILD": "",
        "java/defs.bzl": _native(_JAVA_RULES),
    })
    _stub(name = "remote_coverage_tools", files = {
        "BUILD": "filegroup(name = \"coverage_report_generator\", visibility = [\"//visibility:public\"])\n",
    })
