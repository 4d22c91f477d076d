"""One header of Debian's protobuf for the thread sanitizer.

Under TSan, map_field.h gives every map field two more members. Debian's library is built without
them, so messages with maps would have two layouts in one program and fail to serialise. The copy
made here leaves the members out; everything else about the header is as packaged.
"""

_HEADER = "/usr/include/google/protobuf/map_field.h"
_CONDITION = "#if defined(__SANITIZE_THREAD__) || defined(THREAD_SANITIZER)"

_BUILD = """
cc_library(
    name = "map_field",
    hdrs = ["include/google/protobuf/map_field.h"],
    includes = ["include"],
    visibility = ["//visibility:public"],
)
"""

def _impl(ctx):
    text = ctx.read(_HEADER)
    if text.count(_CONDITION) != 1:
        fail("%s has changed: see bazel/protobuf_tsan.bzl" % _HEADER)
    ctx.file("include/google/protobuf/map_field.h", text.replace(_CONDITION, "#if 0"))
    ctx.file("BUILD", _BUILD, executable = False)

protobuf_tsan_repository = repository_rule(implementation = _impl, local = True)
