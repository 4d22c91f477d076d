"""Fuzz targets that are ordinary tests too.

bazel test //test/fuzz:x                 replays the corpus with GCC, as part of //...
bazel run --config=fuzz //test/fuzz:x -- -max_total_time=60 DIR    fuzzes, keeping finds in DIR
"""

def sluice_cc_fuzz(name, srcs, deps = [], corpus = [], **kwargs):
    """A test from a file that defines LLVMFuzzerTestOneInput.

    Args:
      name: of the test.
      srcs: the file with the entry point, and helpers.
      deps: what it drives.
      corpus: at least one input file, e.g. glob(["x_corpus/*"]).
      **kwargs: passed on to cc_test.
    """
    if not corpus:
        fail("%s needs a corpus" % name)
    native.cc_test(
        name = name,
        srcs = srcs,
        args = ["-runs=0"] + ["$(location %s)" % f for f in corpus],
        data = corpus,
        linkopts = select({
            "//bazel:fuzzing": ["-fsanitize=fuzzer"],
            "//conditions:default": [],
        }),
        deps = deps + select({
            "//bazel:fuzzing": [],
            "//conditions:default": ["//bazel:replay_main"],
        }),
        **kwargs
    )
