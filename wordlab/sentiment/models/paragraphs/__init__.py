"""Paragraph vectors: vectors of texts learnt from their n-grams, and the classifier on them."""
