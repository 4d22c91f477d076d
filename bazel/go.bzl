"""Programs in Go as external repositories, for tests against peers; nothing shipped depends on them.

go_binary_repository(name, srcs, mod, sum) runs `go build` on one package main. Its go.sum pins every
module by hash and names no server: the proxy that Go is set up for is asked, or Go's own module cache
if the modules are there. The program is @name//:name. It is built without C, for this machine.
"""

_BUILD = """
exports_files(["%s"], visibility = ["//visibility:public"])
"""

def _impl(ctx):
    go = ctx.which("go") or fail("go is needed for @%s; tools/setup installs it" % ctx.name)

    # Copies, so that no build writes into the source tree. Reading one makes it an input of the rule.
    for file in ctx.attr.srcs + [ctx.attr.mod, ctx.attr.sum]:
        ctx.file("src/" + file.name, ctx.read(file), executable = False)
    result = ctx.execute(
        [go, "build", "-trimpath", "-mod=readonly", "-o", "../" + ctx.name, "."],
        timeout = 600,
        working_directory = "src",
        environment = {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"},
    )
    if result.return_code != 0:
        fail("go build for @%s failed:\n%s" % (ctx.name, result.stderr[-4000:]))
    ctx.file("BUILD", _BUILD % ctx.name, executable = False)

go_binary_repository = repository_rule(
    implementation = _impl,
    attrs = {
        "mod": attr.label(mandatory = True, allow_single_file = True),
        "srcs": attr.label_list(mandatory = True, allow_files = [".go"]),
        "sum": attr.label(mandatory = True, allow_single_file = True),
    },
)
