"""A real sluice-proxy between raw clients and a recording upstream, on loopback.

  wire.py       parsers of our own: strict requests, lax requests, responses
  upstream.py   records every byte the proxy sends and answers by script
  client.py     one raw client connection
  innocent.py   the bystander that must keep getting its own answers
  bootstrap.py  generates the bootstrap file
  proxy.py      starts, watches and stops the process
  want.py       what a case may look like from both sides, and the comparison
  bench.py      runs one case under the whole oracle
  suite.py      tables -> unittest -> JUnit XML

Nothing here sleeps: every wait ends at a readiness line, at bytes, at an end of stream, or at a
deadline, which is a failure.
"""
