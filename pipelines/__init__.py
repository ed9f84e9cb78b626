"""The command line: each command parses, builds a config, calls the library and reports."""
