"""Choices that are made by name, for the library and the command line; nothing heavy is loaded."""

from __future__ import annotations

from typing import Literal, get_args

InputFormat = Literal["text", "jsonl", "csv", "tsv", "parquet"]
INPUT_FORMATS: tuple[str, ...] = get_args(InputFormat)

EncodingErrors = Literal["strict", "replace"]
ENCODING_ERRORS: tuple[str, ...] = get_args(EncodingErrors)

SubsampleForm = Literal["word2vec", "paper", "fasttext"]
SUBSAMPLE_FORMS: tuple[str, ...] = get_args(SubsampleForm)

DEFAULT_MIN_COUNT = 5
"""How often a word must occur in a text that is built into a corpus."""
