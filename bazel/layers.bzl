"""Which folder may include which: the one place where the order of the code is written down.

A key is a folder, "/..." at its end means it and all below. The value lists the folders its own
rows name; what those may include is open to it as well, downwards only, so the closure is taken by
whoever reads this. Libraries from Debian are not listed but for the three with a rule of their own:
"@boringssl", "@nghttp2" and "@grpc++".

Plain literals only: tools/check reads this file as Python.
"""

LAYERS = {
    # --- messages
    "api/envoy/...": [],
    "api/sluice/v1": [],
    "api/sluice/xds/v1": ["api/envoy/..."],
    "api/sluice/state/v1": [],
    "api/check": ["api/..."],
    # --- data plane, lowest first
    "dataplane/base": [],
    "dataplane/stats": ["dataplane/base"],
    "dataplane/buffer": ["dataplane/base"],
    "dataplane/event": ["dataplane/base"],
    "dataplane/net": ["dataplane/base", "dataplane/buffer", "dataplane/event"],
    "dataplane/crypto": ["dataplane/base", "@boringssl"],
    "dataplane/tls": ["dataplane/net", "dataplane/crypto", "@boringssl"],
    "dataplane/http": ["dataplane/base", "dataplane/buffer"],
    "dataplane/http1": ["dataplane/http"],
    "dataplane/http2": ["dataplane/http", "@nghttp2"],
    "dataplane/grpc": ["dataplane/http"],
    "dataplane/route": ["dataplane/http"],
    "dataplane/balance": ["dataplane/base"],
    "dataplane/upstream": [
        "dataplane/net",
        "dataplane/tls",
        "dataplane/http1",
        "dataplane/http2",
        "dataplane/grpc",
        "dataplane/balance",
        "dataplane/stats",
    ],
    "dataplane/health": ["dataplane/upstream"],
    "dataplane/ratelimit": ["dataplane/stats", "dataplane/upstream", "dataplane/crypto"],
    "dataplane/filter": [
        "dataplane/http",
        "dataplane/route",
        "dataplane/upstream",
        "dataplane/stats",
    ],
    "dataplane/filters": [
        "dataplane/filter",
        "dataplane/ratelimit",
        "dataplane/grpc",
        "dataplane/crypto",
    ],
    "dataplane/config": [
        "api/...",
        "dataplane/tls",
        "dataplane/route",
        "dataplane/balance",
        "dataplane/upstream",
        "dataplane/ratelimit",
        "dataplane/filter",
        "dataplane/crypto",
    ],
    "dataplane/proxy": ["dataplane/config"],
    "dataplane/xds": [
        "api/...",
        "dataplane/grpc",
        "dataplane/upstream",
        "dataplane/config",
        "dataplane/crypto",
    ],
    "dataplane/worker": ["dataplane/proxy", "dataplane/config"],
    "dataplane/admin": [
        "dataplane/worker",
        "dataplane/stats",
        "dataplane/config",
        "dataplane/xds",
    ],
    "dataplane/main": ["api/...", "dataplane/..."],
    # --- control plane
    "controlplane/strand": ["dataplane/base"],
    "controlplane/model": ["api/...", "dataplane/base", "controlplane/crypto"],
    "controlplane/store": ["controlplane/model"],
    "controlplane/discovery": ["controlplane/model"],
    "controlplane/compile": ["controlplane/model"],
    "controlplane/fleet": ["controlplane/snapshot", "controlplane/strand"],
    "controlplane/crypto": ["dataplane/base"],
    "controlplane/snapshot": [
        "controlplane/compile",
        "controlplane/discovery",
        "controlplane/crypto",
    ],
    "controlplane/xds": [
        "controlplane/snapshot",
        "controlplane/fleet",
        "controlplane/strand",
        "@grpc++",
    ],
    "controlplane/judge": ["controlplane/xds"],
    "controlplane/revision": [
        "controlplane/store",
        "controlplane/compile",
        "controlplane/judge",
        "controlplane/snapshot",
    ],
    "controlplane/rollout": [
        "controlplane/revision",
        "controlplane/snapshot",
        "controlplane/fleet",
    ],
    "controlplane/service": [
        "controlplane/revision",
        "controlplane/rollout",
        "controlplane/fleet",
        "controlplane/discovery",
        "controlplane/crypto",
        "@grpc++",
    ],
    "controlplane/console": ["controlplane/service"],
    "controlplane/main": ["api/...", "controlplane/...", "@grpc++"],
    "controlplane/ratelimit": ["api/...", "@grpc++"],
    # --- tools: the command line speaks the API, the rest knows nothing of the product
    "tools/sluicectl": ["api/...", "@grpc++"],
    "tools/bench": [],
    "tools/check": [],
}
