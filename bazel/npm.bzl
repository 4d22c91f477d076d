"""npm packages as external repositories, for tests and peers; nothing shipped depends on them.

npm_package(name, manifest, lock) runs `npm ci` on a package.json and its lock file. The lock pins
every package by its hash and names no registry: the one npm is set up for is asked, or npm's own
cache if the package is there. Install scripts are not run.
"""

_BUILD = """
package(default_visibility = ["//visibility:public"])

# All packages, for a node process that is given this folder.
filegroup(
    name = "node_modules",
    srcs = glob(["node_modules/**"], exclude = ["**/* *", "**/.bin/**"]),
)

[filegroup(
    name = name,
    srcs = glob([pattern]),
) for name, pattern in {groups}.items()]
"""

def _impl(ctx):
    npm = ctx.which("npm") or fail("npm is needed for @%s; tools/setup installs it" % ctx.name)

    # Copies: npm replaces what it finds, and must not write into the source tree.
    ctx.file("package.json", ctx.read(ctx.attr.manifest), executable = False)
    ctx.file("package-lock.json", ctx.read(ctx.attr.lock), executable = False)
    result = ctx.execute(
        [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"],
        timeout = 600,
    )
    if result.return_code != 0:
        fail("npm ci for @%s failed:\n%s" % (ctx.name, result.stderr[-4000:]))
    ctx.file("BUILD", _BUILD.format(groups = ctx.attr.groups), executable = False)

npm_package = repository_rule(
    implementation = _impl,
    attrs = {
        "manifest": attr.label(mandatory = True, allow_single_file = True),
        "lock": attr.label(mandatory = True, allow_single_file = True),
        "groups": attr.string_dict(doc = "name of a filegroup -> glob of its files"),
    },
)
