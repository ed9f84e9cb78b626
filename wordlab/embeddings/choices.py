"""The values that options of this room take, in a module that loads no array library."""

from __future__ import annotations

from typing import Literal, get_args

AnalogyMethod = Literal["3cosadd", "3cosmul"]
ANALOGY_METHODS: tuple[AnalogyMethod, ...] = get_args(AnalogyMethod)

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

Policy = Literal["wordlab", "gensim"]
POLICIES: dict[Policy, str] = {
    "wordlab": "words as written, else lower-cased",
    "gensim": "upper-cased on both sides, the first of equal words counts",
}
"""How the words of a test set are looked up among the vectors, and what that means."""

LayoutMethod = Literal["pca", "tsne", "umap"]
LAYOUT_METHODS: dict[LayoutMethod, str] = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
"""How words are laid out in the plane, each with its usual name."""

UnknownRow = Literal["zeros", "mean"]
UNKNOWN_ROWS: tuple[UnknownRow, ...] = get_args(UnknownRow)
"""What unknown words have in torch's embedding."""

MAX_NGRAM = 64
"""Characters; fastText's default is 6. No honest file asks for more than this."""

MAX_BUCKETS = 2**31 - 1
"""Of the n-grams: the largest number that the formats of files hold."""

MAX_HASHES = 4
"""Of an n-gram by floret: a hash has so many parts."""
