"""The driver of tools/bench: starts the peers, loads them, measures, reports."""
