"""BoringSSL, built once per machine by cargo from the crate boring-sys.

The libraries and the crate's patched headers are kept in ~/.cache/sluice/boringssl-KEY (or
$SLUICE_CACHE), so a second clone needs no cargo run. KEY covers the pinned crate, the compiler and
the machine; it does not cover this file, so that editing a comment here rebuilds nothing.
"""

_RECIPE = "1"  # raise it when _SCRIPT changes what it makes

_BUILD = """
package(default_visibility = ["//visibility:public"])

[cc_library(
    name = n,
    srcs = ["lib/lib%s.a" % n],
    hdrs = glob(["include/openssl/**/*.h"]),
    includes = ["include"],  # -isystem: searched before the compiler's own /usr/include
    linkopts = ["-lpthread"],
    linkstatic = True,
    deps = d,
) for n, d in {"crypto": [], "ssl": [":crypto"]}.items()]
"""

# The headers must be the copy that the crate patched, not the ones in its source.
_SCRIPT = """
set -eu
cache="$1"; dest="$2"
mkdir -p "$cache"; exec 9>"$cache/.lock"; flock 9
if [ ! -e "$cache/ok" ]; then
  echo "building BoringSSL into $cache (some minutes, once)" >&2
  rm -rf "$cache/src" "$cache/out" "$cache/target"; mkdir -p "$cache/out/lib"
  cp -RL "$dest/src" "$cache/src"; cd "$cache/src"
  CARGO_TARGET_DIR="$cache/target" CARGO_BUILD_JOBS="${CARGO_BUILD_JOBS:-2}" cargo build --release --locked >&2
  out=$(ls -d "$cache"/target/release/build/boring-sys-*/out)
  for n in ssl crypto; do strip --strip-debug -o "$cache/out/lib/lib$n.a" "$out/build/lib$n.a"; done
  cp -RL "$out/boringssl/include" "$cache/out/"
  rm -rf "$cache/target"; touch "$cache/ok"
fi
cp -R "$cache/out/lib" "$cache/out/include" "$dest/"
"""

_KEY = """
{ cat src/Cargo.toml src/Cargo.lock src/src/lib.rs; echo %s; cc --version; uname -m; } \
  | sha256sum | cut -c1-16
"""

def _boringssl_impl(ctx):
    env = ctx.os.environ
    home = env.get("HOME", "/root")
    path = home + "/.cargo/bin:" + env.get("PATH", "/usr/bin:/bin")
    for tool in ["cmake", "git", "flock", "strip"]:
        ctx.which(tool) or fail("%s is needed to build BoringSSL; run tools/setup" % tool)
    for f in [ctx.attr._toml, ctx.attr._lock, ctx.attr._lib]:
        ctx.symlink(ctx.path(f), "src/" + f.name)  # f.name is "src/lib.rs" for the last

    key = ctx.execute(["sh", "-c", _KEY % _RECIPE]).stdout.strip()
    root = env.get("SLUICE_CACHE") or env.get("XDG_CACHE_HOME", home + "/.cache") + "/sluice"
    result = ctx.execute(
        ["bash", "-c", _SCRIPT, "build", "%s/boringssl-%s" % (root, key), str(ctx.path("."))],
        environment = {"HOME": home, "PATH": path},
        timeout = 3000,
        quiet = False,
    )
    if result.return_code != 0:
        fail("cargo build of BoringSSL failed (cargo with rustc >= 1.85 is needed, see tools/setup):\n" +
             result.stderr[-4000:])
    ctx.file("BUILD", _BUILD)

boringssl_repository = repository_rule(
    implementation = _boringssl_impl,
    environ = ["SLUICE_CACHE"],
    attrs = {
        "_toml": attr.label(default = "//bazel/boringssl:Cargo.toml"),
        "_lock": attr.label(default = "//bazel/boringssl:Cargo.lock"),
        "_lib": attr.label(default = "//bazel/boringssl:src/lib.rs"),
    },
)
