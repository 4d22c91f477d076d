// Heads for benchmarks and for counting instructions: what browsers, API clients and servers send.
#pragma once

#include <array>
#include <string_view>

namespace sluice::http1 {

struct Corpus {
  std::string_view name;
  std::string_view request;
  std::string_view response;
};

inline constexpr std::array<Corpus, 3> kCorpora = {{
    {"small", "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n",
     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\n"},
    // 500 bytes, 10 fields.
    {"typical",
     "GET /api/v1/orders/4711?expand=items&currency=EUR HTTP/1.1\r\n"
     "Host: orders.shop.example\r\n"
     "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0\r\n"
     "Accept: application/json, text/plain;q=0.9\r\n"
     "Accept-Language: en-US,en;q=0.5\r\n"
     "Accept-Encoding: gzip, deflate, br\r\n"
     "Authorization: Bearer 2YotnFZFEjr1zCsicMWpAAbcdefghijk\r\n"
     "X-Client-Version: 12.4.1-release\r\n"
     "Connection: keep-alive\r\n"
     "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n"
     "X-Request-Tag: checkout-step-3\r\n\r\n",
     "HTTP/1.1 200 OK\r\n"
     "Server: app/1.0\r\n"
     "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
     "Content-Type: application/json; charset=utf-8\r\n"
     "Content-Length: 1024\r\n"
     "Cache-Control: private, max-age=0\r\n"
     "ETag: \"33a64df551425fcc55e4d42a148795d9f25f89d4\"\r\n"
     "Vary: Accept-Encoding\r\n"
     "X-Request-Id: 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\r\n\r\n"},
    {"large",
     "POST /graphql/very/long/path/with/many/segments/to/look/at?a=1&b=2&c=3&d=4&e=5&f=6 "
     "HTTP/1.1\r\n"
     "Host: gateway.internal.shop.example:8443\r\n"
     "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like "
     "Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
     "Accept: "
     "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
     "Accept-Language: de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7\r\n"
     "Accept-Encoding: gzip, deflate, br, zstd\r\n"
     "Content-Type: application/json\r\n"
     "Content-Length: 348\r\n"
     "Authorization: Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6IjEifQ."
     "eyJpc3MiOiJodHRwczovL2xvZ2luLnNob3AuZXhhbXBsZSIsInN1YiI6IjEyMzQ1Njc4OTAiLCJhdWQiOiJvcmRlcnMiL"
     "C"
     "JleHAiOjE3MDAwMDAwMDAsImlhdCI6MTcwMDAwMDAwMCwic2NvcGUiOiJyZWFkIHdyaXRlIn0."
     "c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0d"
     "X"
     "Jlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl\r\n"
     "Origin: https://www.shop.example\r\n"
     "Referer: https://www.shop.example/checkout/payment?step=3\r\n"
     "Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Site: same-site\r\n"
     "sec-ch-ua: \"Not_A Brand\";v=\"8\", \"Chromium\";v=\"120\", \"Google Chrome\";v=\"120\"\r\n"
     "sec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"macOS\"\r\n"
     "Cookie: _ga=GA1.2.1234567890.1700000000; _gid=GA1.2.987654321.1700000000; "
     "session=0123456789abcdef0123456789abcdef0123456789abcdef; "
     "csrftoken=abcdefghijklmnopqrstuvwxyz\r\n"
     "X-Forwarded-For: 203.0.113.7, 198.51.100.2\r\nX-Forwarded-Proto: https\r\n"
     "X-Request-Id: 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\r\n"
     "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n"
     "tracestate: rojo=00f067aa0ba902b7,congo=t61rcWkgMzE\r\n"
     "X-Correlation-Id: 8f14e45f-ceea-467f-a0d6-0a1b2c3d4e5f\r\nX-Tenant: 4711\r\nX-Locale: de\r\n"
     "X-Client-Version: 12.4.1\r\nX-Feature-Flags: a,b,c,d\r\nDNT: 1\r\nPragma: no-cache\r\n"
     "Cache-Control: no-cache\r\nConnection: keep-alive\r\n\r\n",
     "HTTP/1.1 200 OK\r\nServer: app/1.0\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
     "Content-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n"
     "Cache-Control: no-store, no-cache, must-revalidate\r\nVary: Accept-Encoding, Origin\r\n"
     "Set-Cookie: session=0123456789abcdef0123456789abcdef; Path=/; Secure; HttpOnly; "
     "SameSite=Lax\r\n"
     "Set-Cookie: csrftoken=abcdefghijklmnopqrstuvwxyz0123456789; Path=/; Secure; "
     "SameSite=Strict\r\n"
     "Content-Security-Policy: default-src 'self'; img-src * data:; script-src 'self' cdn.example; "
     "style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; report-uri /csp-report\r\n"
     "Strict-Transport-Security: max-age=63072000; includeSubDomains; preload\r\n"
     "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nReferrer-Policy: same-origin\r\n"
     "Permissions-Policy: geolocation=(), camera=(), microphone=()\r\n"
     "Access-Control-Allow-Origin: https://www.shop.example\r\n"
     "Access-Control-Allow-Credentials: true\r\nETag: W/\"33a64df551425fcc55e4d42a148795d9\"\r\n"
     "X-Request-Id: 0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9\r\nX-Runtime: 0.043211\r\nAge: 0\r\n\r\n"},
}};

}  // namespace sluice::http1
