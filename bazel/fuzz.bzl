"""Fuzz targets that are ordinary tests too.

tools/test //test/fuzz:x        replays the corpus, as part of //...
tools/fuzz //test/fuzz:x 60     fuzzes for 60 seconds
"""

def sluice_cc_fuzz(name, srcs, deps = [], corpus = [], **kwargs):
    """A test from a file that defines LLVMFuzzerTestOneInput.

    Args:
      name: of the test.
      srcs: the file with the entry point, and helpers.
      deps: what it drives.
      corpus: at least one input file, from corpus/NAME/, where tools/fuzz looks.
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
