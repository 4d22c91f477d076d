"""tools/check layers: the order of the folders as bazel/layers.bzl has it."""

from bazel import unittest_main
from tiny_tree import TinyTreeCase
from tools.check import layers

TABLE = '''
LAYERS = {
    "api/envoy/...": [],
    "dataplane/base": [],
    "dataplane/net": ["dataplane/base"],
    "dataplane/tls": ["dataplane/net", "@boringssl"],
    "dataplane/proxy": ["dataplane/tls", "api/..."],
    "controlplane/model": ["dataplane/base"],
    "controlplane/xds": ["controlplane/model", "@grpc++"],
}
'''
HEADERS = {path: "" for path in (
    "dataplane/base/clock.h", "dataplane/net/socket.h", "dataplane/tls/context.h",
    "dataplane/proxy/forward.h", "controlplane/model/gateway.h", "test/support/clock.h")}


def include(*paths):
  return "".join(f'#include "{path}"\n' for path in paths)


class LayersTest(TinyTreeCase):
  RULE = layers

  def found_with(self, path, text):
    return self.found({layers.TABLE: TABLE, **HEADERS, path: text})

  def test_what_lies_below_is_open_over_any_number_of_rows(self):
    self.assertEqual([], self.found_with("dataplane/proxy/forward.cc", include(
        "dataplane/proxy/forward.h", "dataplane/base/clock.h", "dataplane/tls/context.h",
        "envoy/config/route/v3/route.pb.h")))

  def test_what_lies_above_or_beside_is_not_open(self):
    self.assertEqual(
        [("dataplane/net/socket.cc:2:",
          '"dataplane/tls/context.h": dataplane/tls is not open to dataplane/net')],
        self.found_with("dataplane/net/socket.cc",
                        "\n" + include("dataplane/tls/context.h", "dataplane/base/clock.h")))

  def test_comments_and_strings_include_nothing(self):
    self.assertEqual([], self.found_with(
        "dataplane/net/socket.cc",
        '// #include "dataplane/tls/context.h"\n'
        'auto s = R"(\n#include "dataplane/tls/context.h"\n)";\n'))

  def test_the_planes_do_not_include_each_other_but_for_the_base(self):
    found = self.found_with("controlplane/model/a.cc", include(
        "dataplane/base/clock.h", "dataplane/net/socket.h"))
    self.assertEqual([("controlplane/model/a.cc:2:",
                       '"dataplane/net/socket.h": the planes never include each other')], found)

  def test_a_folder_without_a_row_is_named(self):
    self.assertEqual([("dataplane/cache/a.cc:", "dataplane/cache has no row in bazel/layers.bzl")],
                     self.found_with("dataplane/cache/a.cc", ""))

  def test_a_library_is_open_only_to_rows_that_name_it(self):
    self.assertEqual([], self.found_with("dataplane/tls/a.cc", "#include <openssl/ssl.h>\n"))
    self.assertEqual([("dataplane/proxy/a.cc:1:",
                       "<openssl/ssl.h> is not open to dataplane/proxy: @boringssl")],
                     self.found_with("dataplane/proxy/a.cc", "#include <openssl/ssl.h>\n"))

  def test_generated_services_count_as_grpc(self):
    text = include("controlplane/xds/ads.grpc.pb.h") + "#include <grpcpp/grpcpp.h>\n"
    self.assertEqual([], self.found_with("controlplane/xds/a.cc", text))
    text = text.replace("controlplane/xds", "dataplane/net")
    self.assertEqual(2, len(self.found_with("dataplane/net/a.cc", text)))

  def test_nghttp2_is_open_to_tests(self):
    self.assertEqual([], self.found_with("test/support/peer.cc", "#include <nghttp2/nghttp2.h>\n"))
    self.assertEqual(1, len(self.found_with("dataplane/net/a.cc", "#include <nghttp2/nghttp2.h>\n")))

  def test_a_test_sees_what_its_subject_sees_and_the_support(self):
    self.assertEqual([], self.found_with("test/dataplane/net/a_test.cc", include(
        "dataplane/net/socket.h", "dataplane/base/clock.h", "test/support/clock.h")))
    self.assertEqual(1, len(self.found_with(
        "test/dataplane/net/a_test.cc", include("dataplane/proxy/forward.h"))))

  def test_a_test_may_be_given_one_more_folder(self):
    self.allow("TEST_EXTRA_INCLUDES", {("test/dataplane/net", "dataplane/proxy"): "a reason"})
    self.assertEqual([], self.found_with(
        "test/dataplane/net/a_test.cc", include("dataplane/proxy/forward.h")))

  def test_products_do_not_include_tests(self):
    self.assertEqual([("dataplane/net/a.cc:1:",
                       '"test/support/clock.h": only tests include test/')],
                     self.found_with("dataplane/net/a.cc", include("test/support/clock.h")))

  def test_a_test_of_both_planes_is_refused(self):
    self.assertEqual([("test/integration/a.cc:",
                       "a test includes both planes: no binary can hold both")],
                     self.found_with("test/integration/a.cc", include(
                         "dataplane/net/socket.h", "controlplane/model/gateway.h")))

  def test_includes_are_written_from_the_root_and_exist(self):
    self.assertEqual(
        [("dataplane/net/a.cc:1:",
          '"socket.h" should be written from the root: "dataplane/net/socket.h"'),
         ("dataplane/net/a.cc:2:", '"dataplane/net/gone.h" names no file of the tree')],
        self.found_with("dataplane/net/a.cc", include("socket.h", "dataplane/net/gone.h")))

  def test_rings_of_folders_are_found_once(self):
    ring = {layers.TABLE: TABLE, **HEADERS,
            "dataplane/net/socket.h": include("dataplane/tls/context.h"),
            "dataplane/tls/context.h": include("dataplane/net/socket.h")}
    texts = [text for _, text in self.found(ring)]
    self.assertEqual(["a ring of folders: dataplane/net dataplane/tls"],
                     [text for text in texts if "ring" in text])

  def test_rows_that_are_open_to_each_other_are_refused(self):
    self.assertEqual(
        [("bazel/layers.bzl:", "dataplane/a and dataplane/b may include each other"),
         ("bazel/layers.bzl:", "dataplane/b and dataplane/a may include each other")],
        self.found({layers.TABLE: 'LAYERS = {"dataplane/a": ["dataplane/b"], '
                                  '"dataplane/b": ["dataplane/a"]}\n'}))

  def test_a_table_that_computes_is_refused(self):
    (place, text), = self.found({layers.TABLE: "LAYERS = dict(a = f())\n"})
    self.assertEqual("bazel/layers.bzl:", place)
    self.assertIn("plain literals", text)


if __name__ == "__main__":
  unittest_main.main()
