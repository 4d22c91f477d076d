"""Real programs on loopback: proxies, control planes and backends that tests start and watch."""
