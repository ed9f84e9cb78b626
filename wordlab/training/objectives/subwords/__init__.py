"""Subword vectors: word2vec whose words are means of their own vector and of their n-grams."""
