"""Bytes in and out: atomic writing, compression, lines and digests."""
