"""The exceptions of all rules, each with its reason.

Ask first whether the code could follow the rule. A file that grows past its size has two ideas.
"""

# shape: files that may be longer than the hard stop.
LONG_FILES = {
    "api/check/rules_table.cc": "generated from the annotations of the xDS messages",
}

# shape: functions that may be longer than the hard stop, as "path name".
LONG_FUNCTIONS = {}

# layers: folders that see a library although no row of bazel/layers.bzl gives it to them.
LIBRARIES = {
    "@boringssl": {
        "test/smoke": "shows that the library is the one we think",
        "controlplane/crypto": "the same headers, but of OpenSSL",
        "test/controlplane/crypto": "its tests",
        "test/integration/config_bench": "OpenSSL's too: the digests of a control plane of its own",
    },
    "@nghttp2": {},
    "@grpc++": {
        "test/integration/config_bench": "is a control plane itself",
        "test/integration/main_job": "drives the product through its API",
        "test/smoke": "shows that the library is the one we think",
        "test/support": "the fake control plane",
        "test/dataplane/grpc": "the interop test's server, a process of its own",
    },
}

# layers: (folder of tests, folder) that is not open to the folder under test.
TEST_EXTRA_INCLUDES = {
    ("test/dataplane/grpc", "dataplane/http2"): "the interop test needs the codec below gRPC",
    ("test/dataplane/http2", "dataplane/http1"): "the contract test runs over all codecs",
}

# mirrors: sources without a test of their own: the test that covers them, and why there.
_GOLDENS = "test/controlplane/compile/group_golden_test.cc"
_CROSS_RULES = "test/api/check/check_resources_test.cc"
_ADMIN = "test/dataplane/admin/admin_test.cc"
_ACCESS_LOGS = "test/dataplane/config/compile_access_logs_test.cc"
_CLUSTERS = "test/dataplane/config/compile_clusters_test.cc"
_STORE = "test/controlplane/store/store_contract_test.cc"
_SQLITE = "test/controlplane/store/sqlite_store_test.cc"
_YAML = "test/dataplane/config/yaml_message_test.cc"
_HTTP2 = "test/dataplane/http2/client_codec_test.cc"
_HTTP2_SENDING = "test/dataplane/http2/client_sending_test.cc"
_HTTP2_RECEIVING = "test/dataplane/http2/client_receiving_test.cc"
_HTTP2_HOSTILE = "test/dataplane/http2/hostile_peer_test.cc"
_EXCHANGE = "test/dataplane/proxy/exchange_driver_test.cc"
_POOL = "test/dataplane/upstream/pool_test.cc"
_POOL_HTTP2 = "test/dataplane/upstream/http2_test.cc"
_DNS = "test/dataplane/upstream/dns_clusters_test.cc"
_REGISTRY = "test/dataplane/upstream/registry_test.cc"
_SHARING = "test/dataplane/upstream/sharing_test.cc"

COVERED_BY = {
    "controlplane/compile/listener.cc": (_GOLDENS, "a field by field translation"),
    "controlplane/compile/route_action.cc": (_GOLDENS, "a field by field translation"),
    "controlplane/compile/route_match.cc": (_GOLDENS, "a field by field translation"),
    "controlplane/store/memory_store.cc": (_STORE, "one of the stores under the contract"),
    "controlplane/store/refusals.cc": (_STORE, "the same errors of every store"),
    "controlplane/store/sqlite.cc": (_SQLITE, "a thin cover, seen through the store's errors"),
    "controlplane/store/sqlite_steps.cc": (_SQLITE, "parts of the store's transactions"),
    "controlplane/store/sqlite_store_reading.cc": (_STORE, "the store's other half"),
    "api/check/cross_rules.cc": (_CROSS_RULES, "a table of types, seen through a whole check"),
    "dataplane/admin/backends.cc": (
        "test/dataplane/admin/clusters_page_test.cc", "what that page shows, and others"),
    "dataplane/admin/certs_page.cc": (_ADMIN, "a constant"),
    "dataplane/admin/connection.cc": (_ADMIN, "only the listener makes connections"),
    "dataplane/admin/drain_listeners_page.cc": (_ADMIN, "one call of a source"),
    "dataplane/main/judge_process.cc": (
        "test/dataplane/main/control_plane_test.cc", "a whole process"),
    "dataplane/main/server.cc": (
        "test/integration/harness_test.py", "a whole process: every integration test starts it"),
    "dataplane/config/access_log_filter.cc": (_ACCESS_LOGS, "a step of that compiler"),
    "dataplane/config/access_log_format.cc": (_ACCESS_LOGS, "a step of that compiler"),
    "dataplane/config/access_log_operator.cc": (_ACCESS_LOGS, "a step of that compiler"),
    "dataplane/config/access_log_spec.cc": (_ACCESS_LOGS, "a step of that compiler"),
    "dataplane/config/compile_cluster_protocol.cc": (_CLUSTERS, "a step of that compiler"),
    "dataplane/config/compile_endpoints.cc": (_CLUSTERS, "a step of that compiler"),
    "dataplane/config/compile_round.cc": (
        "test/dataplane/config/compiler_test.cc", "one run of that compiler"),
    "dataplane/config/implemented_fields.cc": (_CLUSTERS, "one call in each compiler"),
    "dataplane/config/yaml_message_known_types.cc": (_YAML, "the rest of the reader's members"),
    "dataplane/http2/client_callbacks.cc": (_HTTP2, "what nghttp2 calls: only a session can"),
    "dataplane/proxy/exchange_request.cc": (_EXCHANGE, "the driver's members, request side"),
    "dataplane/proxy/exchange_response.cc": (_EXCHANGE, "the driver's members, response side"),
    "dataplane/proxy/retry.cc": ("test/dataplane/proxy/exchange_retry_test.cc", "with the driver that asks it"),
    "dataplane/upstream/client_connection.cc": (_POOL, "only a pool makes connections"),
    "dataplane/upstream/cluster.cc": (_REGISTRY, "only the registry makes clusters"),
    "dataplane/upstream/codec_choice.cc": (_POOL_HTTP2, "a choice that its change of protocol shows"),
    "dataplane/upstream/connection_io.cc": (_POOL, "the connection's members that do I/O"),
    "dataplane/upstream/dns_cluster.cc": (_DNS, "one of the clusters that are followed there"),
    "dataplane/xds/commit_flow.cc": (
        "test/dataplane/xds/discovery_responses_test.cc", "its answers, seen on the stream"),
    "dataplane/upstream/worker_cluster.cc": (_SHARING, "one worker's half of a shared cluster"),
}

# mirrors: tests that have no source of their name, by the end of their name.
TEST_KINDS = {
    "_model_test.cc": "random operations against a simple model",
    "_golden_test.cc": "whole inputs with the outputs that were agreed on",
    "_benchmark.cc": "a measurement",
    "_contract_test.cc": "one contract, all its implementations",
    "allocation_test.cc": "the request path of a whole folder allocates nothing after warm-up",
    "system_calls_test.cc": "what a request costs in system calls, through all folders",
}

# mirrors: the others that have none, one by one.
TESTS_OF_MANY = {
    "test/controlplane/rollout/in_use_test.cc": "which revisions the roll-out says are in use",
    "test/controlplane/store/sqlite_kill_test.cc": "a whole process that is killed",
    "test/dataplane/config/compiler_keep_good_test.cc": "the compiler for a standard server",
    "test/dataplane/grpc/interop_test.cc": "the framing on HTTP/2 against a gRPC server",
    "test/dataplane/http1/round_trip_test.cc": "both codecs against each other",
    "test/dataplane/http1/upgrade_test.cc": "upgrades through both codecs",
    "test/dataplane/http2/hostile_peer_test.cc": "the whole codec under peers that break the rules",
    "test/dataplane/route/differential_test.cc": "the compiled router against a plain loop",
    "test/dataplane/upstream/http2_test.cc": "pools and calls over HTTP/2",
    "test/dataplane/upstream/sharing_test.cc": "workers that share connections, every order",
    "test/dataplane/xds/ads_interop_test.cc": "the whole client against a gRPC server",
    "test/dataplane/upstream/sharing_threads_test.cc": "the same on two threads, for TSan",
}

# words: type and file names that end like ours must not, because somebody else chose them.
FOREIGN_NAMES = {
    "http_connection_manager": "the xDS filter",
    "HttpConnectionManager": "the xDS filter",
}

# words: files that name registries because their format asks for it.
REGISTRY_FILES = {
    "bazel/boringssl/Cargo.lock": "Cargo's lock names the index, it is not asked",
}
