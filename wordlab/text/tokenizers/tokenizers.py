"""``tokenizers``: tokens as a tokenizer.json file of Hugging Face's tokenizers says.

Nothing is added to a text, nothing cut off or filled up: special tokens, truncation and padding are for
networks. Needs ``pip install 'wordlab[pieces]'``. Keeps the case unless the file says otherwise, or you do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wordlab.extras import need
from wordlab.text.tokenizers.pieces import PieceSplitter
from wordlab.visible import first_line


@dataclass(frozen=True)
class TokenizersFile(PieceSplitter):
    """Cuts text with a tokenizer.json file."""

    file_name = "tokenizer.json"

    @classmethod
    def load(cls, content: bytes) -> Callable[[str], list[str]]:
        """A function that cuts a text as the file says."""
        with need("tokenizers", extra="pieces"):
            from tokenizers import Tokenizer
        try:
            found = Tokenizer.from_buffer(content)
        except ValueError as error:
            raise ValueError(
                f"expected a tokenizer.json file, found a damaged one ({first_line(error)})"
            ) from error
        found.no_truncation()
        found.no_padding()

        def tokens(text: str) -> list[str]:
            cut: list[str] = found.encode(text, add_special_tokens=False).tokens
            return cut

        return tokens
