"""Texts as vectors, made of those of their words: poolings, encoding, search, and what judges them."""
