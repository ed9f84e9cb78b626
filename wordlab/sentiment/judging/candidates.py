"""The models that `auto` tries, named without loading any of them."""

CANDIDATES = ("linear", "nbsvm", "textcnn")
"""The fastest first; of equally good ones the first is kept."""
