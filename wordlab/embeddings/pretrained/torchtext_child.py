"""What `read_with_torchtext` runs in a process of its own: torchtext reads, plain arrays are written."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa

from wordlab.embeddings.pretrained.torchtext_sets import import_torchtext

# The names under which torchtext's classes look for files in their cache.
_NAMES = {
    "glove": "glove.6B.50d.txt",
    "fasttext": "wiki.en.vec",
    "charngram": "charNgram.txt",
}


def read(path: Path, folder: Path, family: str) -> None:
    """Read the vectors in `path` with torchtext's class for `family`; leave them in `folder`."""
    vocab = import_torchtext()
    cache = folder / "cache"
    cache.mkdir()
    name = _NAMES.get(family, path.name)
    (cache / name).symlink_to(path)  # found there under this name, so that nothing is downloaded
    if family == "glove":
        found = vocab.GloVe(name="6B", dim=50, cache=str(cache))
    elif family == "fasttext":
        found = vocab.FastText(language="en", cache=str(cache))
    elif family == "charngram":
        found = vocab.CharNGram(cache=str(cache))
    else:
        found = vocab.Vectors(name, cache=str(cache))
    words = pa.table({"word": pa.array(found.itos, pa.string())})
    np.save(folder / "matrix.npy", found.vectors.numpy()[: len(found.itos)], allow_pickle=False)
    with pa.ipc.new_file(folder / "words.arrow", words.schema) as file:
        file.write_table(words)


if __name__ == "__main__":
    read(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
