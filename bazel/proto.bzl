"""C++ from the .proto files under api/.

sluice_proto_library(name, srcs, deps, grpc) makes
  name        a cc_library with the messages; include "sluice/v1/route.pb.h"
  name_grpc   with grpc = True, a cc_library with the service stubs; it links libgrpc++, so the data
              plane must never name it.
`srcs` are all .proto files of the package that belong together; `deps` are the labels of other
sluice_proto_library targets whose files they import, written //package:name or :name. Files import
each other by their path below api/, as the official xDS files do; google/protobuf/*.proto comes
with protoc.
"""

ProtoSourcesInfo = provider(fields = ["transitive"])

def _gen_impl(ctx):
    srcs, out = ctx.files.srcs, ctx.genfiles_dir.path
    transitive = depset(srcs, transitive = [d[ProtoSourcesInfo].transitive for d in ctx.attr.deps])
    kind = "grpc.pb" if ctx.attr.grpc else "pb"
    hdrs, ccs = [], []
    for src in srcs:
        stem = src.basename[:-len(".proto")]
        hdrs.append(ctx.actions.declare_file("%s.%s.h" % (stem, kind)))
        ccs.append(ctx.actions.declare_file("%s.%s.cc" % (stem, kind)))

    roots = [ctx.attr.root]
    if ctx.attr.root != "api" and [f for f in transitive.to_list() if f.path.startswith("api/")]:
        roots.append("api")  # only if it is there: protoc warns of a missing folder
    args = ctx.actions.args()
    args.add_all(["-I" + r for r in roots])
    tools = [ctx.file._protoc]
    if ctx.attr.grpc:
        tools.append(ctx.file._plugin)
        args.add("--plugin=protoc-gen-grpc=" + ctx.file._plugin.path)
        args.add("--grpc_out=%s/%s" % (out, ctx.attr.root))
    else:
        args.add("--cpp_out=%s/%s" % (out, ctx.attr.root))
    args.add_all(srcs)
    ctx.actions.run(
        executable = ctx.file._protoc,
        arguments = [args],
        inputs = transitive,
        tools = tools,
        outputs = hdrs + ccs,
        mnemonic = "Protoc",
        progress_message = "Generating C++ for %s" % ctx.label,
    )
    return [
        DefaultInfo(files = depset(hdrs + ccs)),
        OutputGroupInfo(h = depset(hdrs), cc = depset(ccs)),
        ProtoSourcesInfo(transitive = transitive),
    ]

_gen = rule(
    implementation = _gen_impl,
    output_to_genfiles = True,
    attrs = {
        "srcs": attr.label_list(allow_files = [".proto"]),
        "deps": attr.label_list(providers = [ProtoSourcesInfo]),
        "grpc": attr.bool(),
        "root": attr.string(),
        "_protoc": attr.label(
            default = "@system//:bin/protoc",
            allow_single_file = True,
            cfg = "exec",
        ),
        "_plugin": attr.label(
            default = "@system//:bin/grpc_cpp_plugin",
            allow_single_file = True,
            cfg = "exec",
        ),
    },
)

def _cc(name, gen, root, visibility, deps, alwayslink = False):
    native.filegroup(name = gen + "_h", srcs = [gen], output_group = "h")
    native.filegroup(name = gen + "_cc", srcs = [gen], output_group = "cc")
    native.cc_library(
        name = name,
        srcs = [gen + "_cc"],
        hdrs = [gen + "_h"],
        copts = ["-w"],
        features = ["-layering_check"],
        strip_include_prefix = "/" + root,
        visibility = visibility,
        alwayslink = alwayslink,
        deps = deps,
    )

def _full(label):
    """//a/b -> //a/b:b, so that a suffix can be put on the target's name."""
    if ":" in label:
        return label
    return "%s:%s" % (label, label.split("/")[-1])

def sluice_proto_library(name, srcs, deps = [], grpc = False, visibility = None, root = "api"):
    """Libraries for the messages and, with grpc = True, the stubs of some .proto files.

    Args:
      name: of the library with the messages; the stubs are name + "_grpc".
      srcs: .proto files of this package.
      deps: labels of other sluice_proto_library targets.
      grpc: whether to make stubs too.
      visibility: of what is made.
      root: the folder that import paths start from; other than "api" only in tests.
    """
    deps = [_full(d) for d in deps]
    gen_deps = [d + "_gen" for d in deps]
    _gen(name = name + "_gen", srcs = srcs, deps = gen_deps, root = root, visibility = visibility)

    # Messages are also found by name (the types of an Any in YAML, reflection), which no symbol shows.
    _cc(name, name + "_gen", root, visibility, deps + ["@system//:protobuf"], alwayslink = True)
    if grpc:
        gen = name + "_grpc_gen"
        _gen(name = gen, srcs = srcs, deps = gen_deps, root = root, grpc = True, visibility = visibility)
        _cc(name + "_grpc", gen, root, visibility, [":" + name] + deps + ["@system//:grpc++"])
