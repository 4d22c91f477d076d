"""Turns tables of cases into unittest tests, one per case and pass, and writes JUnit XML."""

import os
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree

from .bench import Bench

# (name, client writes one byte at a time, upstream reads strictly)
PASSES = (
    ("whole_strict", False, "strict"),
    ("bytes_strict", True, "strict"),
    ("whole_lax", False, "lax"),
    ("bytes_lax", True, "lax"),
)


class Group:
    """Cases that share one proxy. `at_end(bench)` gives further complaints after the stop."""

    def __init__(self, name, configure, cases, scripts=None, at_end=None):
        self.name = name
        self.cases = cases
        self._configure = configure
        self._scripts = scripts
        self._at_end = at_end
        self._bench = None

    def bench(self):
        if self._bench is None:
            self._bench = Bench(self._configure, self._scripts)
        return self._bench

    def tests(self):
        suite = unittest.TestSuite()
        for name, bytewise, mode in PASSES:
            members = {
                "test_" + case.name: _test(self._run_case, case, bytewise, mode)
                for case in self.cases
            }
            members["test_zz_memory_stays"] = _test(lambda: self.bench().growth())
            suite.addTest(_load("%s.%s" % (self.name, name), members))
        end = {"test_clean_stop_and_every_refusal_logged": _test(self._end)}
        suite.addTest(_load(self.name + ".end", end))
        return suite

    def _run_case(self, case, bytewise, mode):
        bench = self.bench()
        bench.upstream.mode, bench.upstream.bytewise = mode, bytewise
        return bench.run(case, bytewise)

    def _end(self):
        bench = self.bench()
        complaints = bench.finish()
        return complaints + (self._at_end(bench) if self._at_end else [])


def table_tests(name, rows):
    """A plain suite: `rows` maps a test name to a function that returns complaints."""
    return _load(name, {"test_" + key: _test(call) for key, call in rows.items()})


def _test(call, *args):
    def run(self):
        if complaints := call(*args):
            self.fail("\n  ".join(complaints))

    return run


def _load(class_name, members):
    class_ = type(class_name, (unittest.TestCase,), {**members, "longMessage": False})
    loader = unittest.TestLoader()
    loader.sortTestMethodsUsing = None  # a table's order, so that numbers come as written
    loader.testNamePatterns = _patterns()
    return loader.loadTestsFromTestCase(class_)


def _patterns():
    words = [sys.argv[i + 1] for i, arg in enumerate(sys.argv[:-1]) if arg == "-k"]
    return ["*%s*" % word for word in words] + ["*.end.*"] if words else None


class _Result(unittest.TestResult):
    """Collects one <testcase> per test."""

    def __init__(self, root):
        super().__init__()
        self._root = root
        self._began = 0.0

    def startTest(self, test):
        super().startTest(test)
        self._began = time.monotonic()

    def addSuccess(self, test):
        self._add(test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._report(test, "failure", str(err[1]))

    def addError(self, test, err):
        super().addError(test, err)
        self._report(test, "error", self._exc_info_to_string(err, test))

    def _report(self, test, kind, text):
        printable = text.encode("ascii", "backslashreplace").decode()
        child = ElementTree.SubElement(self._add(test), kind, message=printable[:200])
        child.text = printable
        print("FAIL %s\n  %s" % (_name(test), printable), flush=True)

    def _add(self, test):
        class_name, _, name = _name(test).rpartition(".")
        taken = "%.3f" % (time.monotonic() - self._began)
        return ElementTree.SubElement(
            self._root, "testcase", classname=class_name, name=name, time=taken
        )


def _name(test):
    return "%s.%s" % (type(test).__name__, test._testMethodName.removeprefix("test_"))


def main(*suites):
    """Runs `suites`, writes $XML_OUTPUT_FILE if set, exits 1 when a test failed."""
    root = ElementTree.Element("testsuite", name=os.path.basename(sys.argv[0]))
    result = _Result(root)
    began = time.monotonic()
    unittest.TestSuite(suites).run(result)
    failed = len(result.failures) + len(result.errors)
    root.set("tests", str(result.testsRun))
    root.set("failures", str(failed))
    if path := os.environ.get("XML_OUTPUT_FILE"):
        ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
    taken = time.monotonic() - began
    print("%d passed, %d failed in %.1f s" % (result.testsRun - failed, failed, taken))
    sys.exit(1 if failed else 0)
