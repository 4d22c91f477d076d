#!/bin/bash
# The data plane has BoringSSL inside. OpenSSL beside it, even through another library, would leave
# to the linker which of two functions of one name is called.
set -euo pipefail
program=$1

"$program"  # it must run, not only link

fail() { echo "$1" >&2; exit 1; }
needed=$(ldd "$program")
echo "$needed"
if grep -E 'libssl|libcrypto|libgrpc' <<<"$needed"; then fail "a TLS library or gRPC is linked"; fi
undefined=$(nm -D --undefined-only "$program" | grep -E ' (SSL|EVP|EC_KEY|X509|BIO)_' || true)
if [[ -n "$undefined" ]]; then fail "not from BoringSSL: $undefined"; fi
# That the check can fail: the probe really has BoringSSL's code, defined inside.
nm --defined-only "$program" | grep ' SSL_CTX_new$' || fail "no SSL_CTX_new inside: what was checked?"
