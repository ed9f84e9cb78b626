"""From labelled texts to the training loop's data: ids, targets, words and their vectors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wordlab.embeddings.vectors import WordVectors
from wordlab.errors import ConfigError, CorpusError
from wordlab.sentiment.data.inputs import check_known_labels, check_targets, check_texts, choose_tokenizer
from wordlab.sentiment.features.encoding import EncodedTexts, Encoder, count_words, tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.features.words import KnownWords, choose_words
from wordlab.sentiment.judging.held_out import held_out_rows
from wordlab.sentiment.models.config import ClassifierConfig
from wordlab.text.tokenizers import Tokenizer

Labels = Sequence[str] | Sequence[int] | np.ndarray
"""The label of each text, or its position in the list of classes."""


@dataclass(frozen=True, eq=False)
class EncodedExamples:
    """Texts as ids, and the class of each, int64 (num_texts,)."""

    encoded: EncodedTexts
    targets: np.ndarray

    def __len__(self) -> int:
        return len(self.targets)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Everything that training needs of its data; `validation` is None where nothing is held out."""

    training: EncodedExamples
    validation: EncodedExamples | None
    classes: tuple[str, ...]
    words: KnownWords
    encoder: Encoder
    tally: Tally

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
    labels: Labels,
    config: ClassifierConfig,
    *,
    vectors: WordVectors | None,
    tokenizer: Tokenizer | None,
    validation: tuple[Sequence[str], Labels] | None,
    classes: Sequence[str] | None = None,
) -> TrainingData:
    """The data encoded; a share of each class is held out unless `validation` is given.

    With `classes`, labels are positions in it. Words are those of all texts, since words that only
    held-out texts have may have vectors, too; labels of held-out texts only serve to choose the epoch.
    Raises CorpusError for fewer than two classes, or no words; ConfigError where the share held out
    cannot hold a text of each class.
    """
    texts = check_texts(texts)
    targets, names = find_targets(texts, labels, classes)
    tokenizer = choose_tokenizer(tokenizer, vectors)
    tokenizer.check_installed()
    held_out: Sequence[str] = ()
    if validation is not None:
        held_out = check_texts(validation[0])
        targets = np.concatenate([targets, _held_out_targets(validation[1], names, classes)])
    blocks = list(tokenise([*texts, *held_out], tokenizer, threads=config.threads))
    words = choose_words(count_words(blocks), config, vectors)
    tally, known = Tally(), None if vectors is None else vectors.vocabulary
    for block in blocks:
        tally.add(block, known, config.max_tokens, words.composed, cut=config.cut)
    subwords = None if vectors is None or vectors.subwords is None else vectors.subwords.without_own()
    by_spelling = config.unknown == "subword"
    encoder = Encoder(words.vocabulary, tokenizer, config.max_tokens, by_spelling, config.cut, subwords)
    encoded = encoder.encode_blocks(blocks)
    if validation is not None:
        rows, held = np.arange(len(texts)), np.arange(len(texts), len(targets))
    else:
        rows, held = _split(targets, config)
    return TrainingData(
        training=_take(encoded, targets, rows),
        validation=_take(encoded, targets, held) if len(held) else None,
        classes=names,
        words=words,
        encoder=encoder,
        tally=tally,
    )


def find_targets(
    texts: Sequence[str], labels: Labels, classes: Sequence[str] | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """The class of each text as a position, int64 (num_texts,), and the names of the classes.

    The names are `classes` if given, else the different labels, sorted.
    """
    if len(texts) != len(labels):
        raise ValueError(f"expected a label for each text, found {len(texts)} texts, {len(labels)} labels")
    if classes is None:
        check_targets(labels)
    names = tuple(sorted({str(label) for label in labels}) if classes is None else classes)
    if len(names) < 2:
        found = f"only {names[0]!r}" if names else "no text"
        raise CorpusError(f"labels: expected texts of at least two classes, found {found}")
    return _positions(labels, names, classes is not None), names


def _held_out_targets(labels: Labels, names: tuple[str, ...], classes: Sequence[str] | None) -> np.ndarray:
    if classes is None:
        check_known_labels(labels, names)
    return _positions(labels, names, classes is not None)


def _positions(labels: Labels, names: tuple[str, ...], are_positions: bool) -> np.ndarray:
    if not are_positions:
        index = {label: number for number, label in enumerate(names)}
        return np.array([index[str(label)] for label in labels], dtype=np.int64)
    targets = np.asarray(labels, dtype=np.int64)
    outside = targets[(targets < 0) | (targets >= len(names))]
    if len(outside):
        raise ValueError(f"expected positions of {len(names)} classes as labels, found {outside[0]}")
    return targets


def _split(targets: np.ndarray, config: ClassifierConfig) -> tuple[np.ndarray, np.ndarray]:
    """The rows to train on and those held out, the same share of each class."""
    if config.validation == 0:
        return np.arange(len(targets)), np.zeros(0, dtype=np.int64)
    found = held_out_rows(targets, config.validation, seed=config.seed)
    if found is None:
        raise ConfigError(
            f"validation: expected a share that holds texts of each class, or 0, found "
            f"{config.validation} of {len(targets)} texts"
        )
    return found


def _take(encoded: EncodedTexts, targets: np.ndarray, rows: np.ndarray) -> EncodedExamples:
    lengths = encoded.lengths[rows]
    starts = np.repeat(encoded.offsets[rows], lengths)
    within = np.arange(len(starts)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    return EncodedExamples(EncodedTexts(encoded.ids[starts + within], offsets), targets[rows])
