"""The names that callers choose from; this loads nothing else, so that the command line can list them."""

from __future__ import annotations

from typing import Literal, get_args

AnalogyMethod = Literal["3cosadd", "3cosmul"]
ANALOGY_METHODS: tuple[AnalogyMethod, ...] = get_args(AnalogyMethod)

Precision = Literal["float32", "float16", "int8"]
PRECISIONS: tuple[Precision, ...] = get_args(Precision)

ProjectionMethod = Literal["pca", "tsne", "umap"]
PROJECTIONS: dict[ProjectionMethod, str] = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
"""Ways to draw vectors in the plane, and what a picture's title calls them."""
