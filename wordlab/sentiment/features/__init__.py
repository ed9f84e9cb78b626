"""From texts to numbers: words, ids and vectors."""
