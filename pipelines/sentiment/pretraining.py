"""Vectors for a network to start from, learnt from its own texts and from texts without labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from wordlab.errors import CorpusError

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors
    from wordlab.progress import OnProgress
    from wordlab.text.tokenizers import Tokenizer

MIN_COUNT = 5
EPOCHS = 10
_TOO_LITTLE = (
    "unlabelled: expected enough text to learn word vectors from, found hardly a word that occurs "
    f"{MIN_COUNT} times; without unlabelled texts the network learns them as it goes"
)


class CountedTexts:
    """Texts without labels, and how many of them there were so far, empty ones left aside."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for text in self._texts:
            self.number += bool(text.strip())
            yield text


def add_own_vectors(
    given: WordVectors | None, texts: Iterable[str], unlabelled: Iterable[str],
    tokenizer: Tokenizer | None, *, dim: int, seed: int, on_progress: OnProgress | None,
) -> tuple[WordVectors, str]:  # fmt: skip
    """Skip-gram vectors, of `dim` dimensions, of the words that occur MIN_COUNT times in all texts together.

    They are what `corpus build` and `embeddings train --epochs 10` make of a file with a text on each line;
    the digest of that file is returned as well. Vectors that are `given` stand beside them. Raises
    CorpusError if there is too little text.
    """
    from wordlab.embeddings.beside import side_by_side
    from wordlab.io.digests import file_digest
    from wordlab.sentiment.data.inputs import choose_tokenizer
    from wordlab.text.corpus import Corpus
    from wordlab.training import Word2VecConfig, train

    with TemporaryDirectory(prefix="wordlab-") as directory:
        lines = Path(directory) / "texts.txt"
        with lines.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(" ".join(text.splitlines()) + "\n" for text in chain(texts, unlabelled))
        try:
            built = Corpus.build(
                [lines], Path(directory) / "corpus", tokenizer=choose_tokenizer(tokenizer, given),
                min_count=MIN_COUNT, on_progress=on_progress,
            )  # fmt: skip
            own = train(built, Word2VecConfig(dim=dim, epochs=EPOCHS, seed=seed), on_progress=on_progress)
        except CorpusError as error:  # which would speak of settings that were not given
            raise CorpusError(_TOO_LITTLE) from error
        digest = file_digest(lines)
    return own if given is None else side_by_side([own, given]), digest
