"""Labelled texts: read them, hold them, split them."""
