"""From labelled texts to what the training loop needs: ids, targets, words and their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.features.encoding import EncodedTexts, Encoder, count_words, tokenise
from wordlab.sentiment.features.words import KnownWords, choose_words
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.text.tokenizers import Tokenizer

Labelled = tuple[Sequence[str], Sequence[str]]


@dataclass(frozen=True, eq=False)
class Part:
    """Texts as ids, and the class of each, int64 (num_texts,)."""

    encoded: EncodedTexts
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, eq=False)
class Prepared:
    """Everything that training needs of its data; `validation` is None where nothing is held out."""

    training: Part
    validation: Part | None
    classes: tuple[str, ...]
    words: KnownWords
    encoder: Encoder

    def fingerprint(self) -> str:
        """A digest of the data, equal where training would see the same."""
        digest = hashlib.sha256("\n".join(self.classes).encode("utf-8", "surrogatepass"))
        for part in (self.training, self.validation):
            for array in () if part is None else (part.encoded.ids, part.encoded.offsets, part.targets):
                digest.update(np.ascontiguousarray(array).data)
        digest.update(np.ascontiguousarray(self.words.matrix).data)
        return digest.hexdigest()


def prepare(
    texts: Sequence[str],
    labels: Sequence[str],
    config: ClassifierConfig,
    *,
    vectors: WordVectors | None,
    tokenizer: Tokenizer | None,
    validation: Labelled | None,
) -> Prepared:
    """The data encoded, a share of it held out by class if there is no `validation` of its own.

    Words are those of all texts given, since the vectors of words that only held-out texts have are
    known, too; labels of held-out texts are used for nothing but the choice of the epoch.
    Raises CorpusError for fewer than two classes, or no words; ConfigError where the share held out
    cannot hold a text of each class.
    """
    classes = _check(texts, labels)
    tokenizer = tokenizer or (vectors.tokenizer if vectors is not None else None) or Tokenizer("word")
    tokenizer.check_installed()
    held_out: Sequence[str] = ()
    if validation is not None:
        held_out = validation[0]
        unseen = sorted(set(validation[1]) - set(classes))
        if unseen:
            raise CorpusError(f"validation: expected labels of the training texts, found {unseen[0]!r}")
    blocks = list(tokenise([*texts, *held_out], tokenizer, threads=config.threads))
    words = choose_words(count_words(blocks), config, vectors)
    encoder = Encoder(words.vocabulary, tokenizer, config.max_tokens, config.unknown == "subword")
    encoded = encoder.encode_blocks(blocks)
    index = {label: number for number, label in enumerate(classes)}
    all_labels = [*labels, *(validation[1] if validation is not None else ())]
    targets = np.array([index[label] for label in all_labels], dtype=np.int64)
    if validation is not None:
        rows, held = np.arange(len(texts)), np.arange(len(texts), len(targets))
    else:
        rows, held = _split(targets, config)
    return Prepared(
        training=_part(encoded, targets, rows),
        validation=_part(encoded, targets, held) if len(held) else None,
        classes=classes,
        words=words,
        encoder=encoder,
    )


def _check(texts: Sequence[str], labels: Sequence[str]) -> tuple[str, ...]:
    if len(texts) != len(labels):
        raise ValueError(f"expected a label for each text, found {len(texts)} texts, {len(labels)} labels")
    classes = tuple(sorted(set(labels)))
    if len(classes) < 2:
        found = f"only {classes[0]!r}" if classes else "no text"
        raise CorpusError(f"labels: expected texts of at least two classes, found {found}")
    return classes


def _split(targets: np.ndarray, config: ClassifierConfig) -> tuple[np.ndarray, np.ndarray]:
    """The rows to train on and those held out, the same share of each class."""
    if config.validation == 0:
        return np.arange(len(targets)), np.zeros(0, dtype=np.int64)
    from sklearn.model_selection import train_test_split

    try:
        rows, held = train_test_split(
            np.arange(len(targets)), test_size=config.validation, random_state=config.seed % 2**32,
            stratify=targets,
        )  # fmt: skip
    except ValueError as error:
        raise ConfigError(
            f"validation: expected a share that holds texts of each class, or 0, found "
            f"{config.validation} of {len(targets)} texts"
        ) from error
    return np.sort(rows), np.sort(held)


def _part(encoded: EncodedTexts, targets: np.ndarray, rows: np.ndarray) -> Part:
    lengths = encoded.lengths[rows]
    starts = np.repeat(encoded.offsets[rows], lengths)
    within = np.arange(len(starts)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return Part(EncodedTexts(encoded.ids[starts + within], offsets), targets[rows])
