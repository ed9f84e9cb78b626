"""``sentencepiece``: pieces of words as a SentencePiece model cuts them, in the scripts that it knows.

Pieces that begin a word begin with "▁". Needs ``pip install 'wordlab[pieces]'``. Keeps the case unless
asked otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wordlab.extras import need
from wordlab.text.tokenizers.pieces import PieceSplitter


@dataclass(frozen=True)
class SentencePiece(PieceSplitter):
    """Cuts text with a SentencePiece model."""

    file_name = "sentencepiece.model"

    @classmethod
    def load(cls, content: bytes) -> Callable[[str], list[str]]:
        """A function that cuts a text as the model says."""
        with need("sentencepiece", extra="pieces"):
            from sentencepiece import SentencePieceProcessor
        try:
            processor = SentencePieceProcessor(model_proto=content)
            processor.encode("")  # an empty file is only missed here
        except RuntimeError as error:
            raise ValueError("expected a SentencePiece model, found none or a damaged one") from error
        return partial(processor.encode, out_type=str)
