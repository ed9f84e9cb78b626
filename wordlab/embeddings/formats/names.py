"""The formats by name, in a module that loads none of them: for lists of choices and for dispatch."""

from __future__ import annotations

from typing import Literal, get_args

MODULES = {
    "word2vec": "word2vec_text",
    "word2vec-binary": "word2vec_binary",
    "glove": "glove_text",
    "fasttext": "fasttext_binary",
    "floret": "floret",
    "safetensors": "safetensors_file",
    "numpy": "numpy_archive",
    "gensim": "gensim_file",
    "spacy": "spacy_files",
    "projector": "projector",
    "sentence-transformers": "sentence_transformers_files",
    "model2vec": "model2vec",
}
"""The module of each format, whose `FORMAT` is its `Format`. A new format is a module and a line here."""

FORMATS = tuple(MODULES)
"""All formats."""

HUB_FORMATS = ("wordlab", "model2vec", "sentence-transformers")
"""What vectors are published as: as they are, or as a program loads them by the name of their repository."""

DuplicatePolicy = Literal["first", "last", "error"]
DUPLICATE_POLICIES: tuple[DuplicatePolicy, ...] = get_args(DuplicatePolicy)

ByteOrder = Literal["little", "big"]
BYTE_ORDERS: tuple[ByteOrder, ...] = get_args(ByteOrder)
