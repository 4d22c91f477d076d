"""The tables: case number in the list of negative cases, then the input, then what must hold."""
