"""Guards of layout and house style over the source text: one module per rule, see `run --help`."""
