"""Pipelines in files: what `wordlab run` reads, plans, runs and remembers."""
