"""LinearModel: a trained linear classifier, which predicts, explains itself and is saved as others are."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from wordlab import artifact, payloads, schema
from wordlab.checks import check_threads
from wordlab.embeddings.ngrams import LINE_END
from wordlab.errors import ArtifactError
from wordlab.resources import available_cores
from wordlab.sentiment import storage
from wordlab.sentiment.base import Reason, TextModel
from wordlab.sentiment.features.encoding import each_tokenised, tokenise
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.models.history import History
from wordlab.sentiment.models.linear import prediction
from wordlab.sentiment.models.linear.codes import CODES, ProductCodes
from wordlab.sentiment.models.linear.config import LinearConfig
from wordlab.sentiment.models.linear.features import Features
from wordlab.sentiment.models.linear.parts import in_parts
from wordlab.sentiment.models.linear.tree import Paths, class_paths
from wordlab.sentiment.models.names import takes_several
from wordlab.text.storage import read_tokenizer
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.splitter import EncodedBlock
from wordlab.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from wordlab.embeddings.formats.files import PathOrStream

_WORDS, _BUCKETS = "vocabulary.parquet", "buckets.npy"
_ROWS_AT_ONCE = 4_096


class LinearModel(TextModel):
    """A trained linear classifier. Treat it as immutable.

    `inputs` (num_rows, dim) float32 are the vectors of the words and then of the buckets, `outputs`
    (num_outputs, dim) those of the classes in their order, or of the inner nodes of their Huffman tree.
    `class_counts` are the training texts of each class, `by_count` the classes by these, descending. Where
    texts may have `several` labels, each class has a probability of its own, its sigmoid. `codes` are what
    `inputs` are stored as in a quantised classifier, else None.
    """

    title: ClassVar = "linear"
    config_class: ClassVar = LinearConfig
    dtype: ClassVar = np.float64
    guesses_by_shares: ClassVar = False  # as fastText, which goes by the vector of the text's end

    def __init__(
        self,
        config: LinearConfig,
        tokenizer: Tokenizer,
        classes: Sequence[str],
        features: Features,
        inputs: np.ndarray,
        outputs: np.ndarray,
        *,
        history: History,
        class_counts: np.ndarray,
        by_count: np.ndarray,
        several: bool = False,
        codes: ProductCodes | None = None,
    ) -> None:
        self.config: LinearConfig = config
        self.tokenizer = tokenizer
        self.classes = tuple(classes)
        self.features = features
        self.inputs, self.outputs = inputs, outputs
        self.history = history
        self.class_counts, self.by_count = class_counts, by_count
        self.several = several
        self.codes = codes

    def __repr__(self) -> str:
        return f"LinearModel({len(self.classes)} classes, {self.size[0]:,} {self.size[1]})"

    @property
    def dim(self) -> int:
        """Dimensions of the vectors."""
        return int(self.inputs.shape[1])

    @property
    def size(self) -> tuple[int, str]:
        """The number of words and buckets that have a vector."""
        noun = "words and runs of words" if self.config.ngrams > 1 else "words"
        return self.features.num_rows, noun if not self.config.max_ngram else "words and n-grams"

    def facts(self) -> dict[str, Any]:
        """Numbers of words and buckets, and the history."""
        return {
            "num_words": len(self.features.vocabulary),
            "num_buckets": len(self.features.buckets),
            "history": self.history.to_dict() if self.history.num_epochs else None,
            "several_labels": self.several,
            "quantised": self.codes is not None,
            "held_out": None if self.held_out is None else self.held_out.to_dict(),
        }

    @cached_property
    def _paths(self) -> Paths:
        return class_paths(self.class_counts, self.by_count)

    @cached_property
    def _end_row(self) -> int:
        return self.features.end_row

    @cached_property
    def _table(self) -> np.ndarray:
        """What each row adds to the logits, or where these are more, its vector; the last is zero."""
        if len(self.outputs) > self.dim:
            return np.concatenate([self.inputs, np.zeros((1, self.dim), np.float32)])
        table = np.zeros((len(self.inputs) + 1, len(self.outputs)), np.float32)
        outputs = np.ascontiguousarray(self.outputs)

        def fill(begin: int, end: int) -> None:
            # sums are in another order in code for rows with gaps, which training leaves and a file does not
            for first in range(begin, end, _ROWS_AT_ONCE):
                part = np.ascontiguousarray(self.inputs[first : min(end, first + _ROWS_AT_ONCE)])
                prediction.multiply(part, outputs, table[first : first + len(part)])

        in_parts(len(self.inputs), available_cores(), fill)
        return table

    def _logits(self, means: np.ndarray) -> np.ndarray:
        """The logits of the outputs, float64, from the means of a text's rows of the table."""
        return means @ self.outputs.T.astype(np.float64) if len(self.outputs) > self.dim else means

    def _probabilities(self, logits: np.ndarray) -> np.ndarray:
        """The probability of each class, (n, num_classes), from the logits of the outputs."""
        if self.config.loss == "softmax":
            return _shares(np.exp(logits - logits.max(axis=1, keepdims=True)))
        if self.config.loss == "ova":
            chances = np.exp(-np.logaddexp(0, -logits))
            return chances if self.several else _shares(chances)
        found = np.empty((len(logits), len(self.classes)))
        prediction.follow_paths(logits, *self._paths, found)
        return found

    def probabilities(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[np.ndarray]:
        """The probabilities of `texts` in order, some rows at a time, each block (n, num_classes) float64.

        With `threads`, None for all cores, blocks of long inputs are tokenised and classified side by side.
        """
        check_threads(threads)
        table = self._table  # made before all threads use it

        def judge(block: EncodedBlock) -> tuple[np.ndarray, Tally | None]:
            counted = None if tally is None else Tally()
            return self._classified(block, table, counted), counted

        found = each_tokenised(texts, self.tokenizer, judge, threads=threads or available_cores())
        for rows, counted in found:
            if tally is not None and counted is not None:
                tally.include(counted)
            yield rows

    def block_probabilities(self, block: EncodedBlock) -> np.ndarray:
        """The probabilities of the texts of `block`, float64 (num_texts, num_classes)."""
        return self._classified(block, self._table, None)

    def _classified(self, block: EncodedBlock, table: np.ndarray, tally: Tally | None) -> np.ndarray:
        found = self.features.rows_of(block)
        means = np.zeros((len(found.offsets) - 1, table.shape[1]))
        says = np.empty(len(means), np.int64)
        prediction.average(table, found.rows, found.offsets, self._end_row, means, says)
        if tally is not None:
            tally.add(block, self.features.vocabulary)
            tally.add_known(says if tally.known_each is None else np.maximum(tally.known_each, says))
        return self._probabilities(self._logits(means))

    def reasons(self, text: str, position: int) -> tuple[float, list[Reason]]:
        """The logit of class `position`, and the exact share of each word and run of words that has a vector.

        In a Huffman tree it is the sum of the logits on the class's path, each with the sign of its turn.
        The word ``</s>``, which ends every text, counts as the rest.
        """
        (block,) = tokenise([text], self.tokenizer)
        found = self.features.placed_rows(block)
        tokens = [block.words[id] for id in block.ids.tolist()]
        known = found.rows < self.features.num_rows
        shares = np.zeros(len(found.rows))
        shares[known] = self.inputs[found.rows[known]].astype(np.float64) @ self._direction(position)
        shares /= max(1, int(known.sum()) if self.features.drops_missing else len(known))
        totals: dict[tuple[str, ...], tuple[int, float]] = {}
        ended = [*tokens, LINE_END]
        for (first, stop), share in zip(self.features.spans(tokens), shares.tolist(), strict=True):
            words = tuple(ended[first:stop])
            place, before = totals.get(words, (first, 0.0))
            totals[words] = place, before + share
        reasons = [
            Reason(words, place, share)
            for words, (place, share) in totals.items()
            if share and place < len(tokens)
        ]
        return float(shares.sum()), reasons

    def _direction(self, position: int) -> np.ndarray:
        """What the mean of a text is multiplied with for the logit of a class, float64 (dim,)."""
        if self.config.loss != "hierarchical":
            return np.asarray(self.outputs[position], np.float64)
        path = slice(*self._paths.offsets[position : position + 2])
        signs = 2.0 * self._paths.labels[path] - 1
        return np.asarray(signs @ self.outputs[self._paths.points[path]].astype(np.float64))

    def export(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model as fastText's `.bin`, or `.ftz` if it is quantised.

        fastText predicts the same by it if texts are tokenised as here.

        Compressed if the name ends in .gz, .bz2, .xz or .zst. Raises FormatError for a word or a label that
        fastText would cut, OutputExistsError, and ArtifactError if writing fails.
        """
        from wordlab.sentiment.models.linear.fasttext_file import Supervised, write_model

        model = Supervised(
            self.config, self.features.vocabulary, self.classes, self.class_counts, self.by_count,
            self.features.buckets, self.inputs, self.outputs, self.codes, self.features.drops_missing,
        )  # fmt: skip
        write_model(model, path, overwrite=overwrite)

    @classmethod
    def from_fasttext(cls, source: PathOrStream) -> LinearModel:
        """The model in a `.bin` or `.ftz` that fastText's supervised mode, or `export`, wrote; FormatError.

        What the file does not record, such as the learning rate, is as in LinearConfig; the history is empty.
        Texts may have several labels if, with one-against-rest, those of training had more than one on
        average.
        """
        from wordlab.sentiment.models.linear.fasttext_file import read_model

        found = read_model(source)
        return cls(
            found.config, Tokenizer("whitespace"), found.classes,
            Features(found.vocabulary, found.config, found.buckets, found.drops_missing),
            found.inputs, found.outputs,
            history=History(), class_counts=found.class_counts, by_count=found.by_count,
            several=found.several, codes=found.codes,
        )  # fmt: skip

    def write(self, draft: artifact.Draft) -> None:
        """Write the vectors and buckets as arrays, the words as Parquet, the rest as facts."""
        self.features.vocabulary.write(draft.payload(_WORDS))
        np.save(draft.payload(_BUCKETS), self.features.buckets, allow_pickle=False)
        if self.codes is None:
            storage.write_array(draft, "inputs", self.inputs)
        else:
            self.codes.write(draft)
        storage.write_array(draft, "outputs", self.outputs)
        draft.details.update(
            history=self.history.to_dict(),
            class_counts=self.class_counts.tolist(),
            by_count=self.by_count.tolist(),
        )
        if self.several:
            draft.details["several_labels"] = True
        if self.features.drops_missing:
            draft.details["drops_missing"] = True

    @classmethod
    def read(cls, source: artifact.Artifact) -> LinearModel:
        """The classifier that `write` wrote; ArtifactError."""
        where = f"{source.where}: details"
        config = storage.read_config(source, LinearConfig)
        tokenizer, classes = read_tokenizer(source), storage.read_classes(source)
        history = History.from_dict(source.details.get("history"), f"{where}: history")
        several = _read_several(source, config, where)
        counts, by_count = _read_counts(source, len(classes), where)
        vocabulary = Vocabulary.read(source.payload(_WORDS))
        buckets = payloads.array(source, _BUCKETS, dtype="uint32", shape=(None,))
        if np.any(buckets[1:] <= buckets[:-1]) or np.any(buckets[-1:] >= config.buckets):
            raise ArtifactError(
                f"{source.payload(_BUCKETS)}: expected buckets below {config.buckets} in ascending order, "
                "found others"
            )
        num_outputs = len(classes) - (config.loss == "hierarchical")
        inputs, codes = _read_inputs(source, len(vocabulary) + len(buckets), where)
        outputs = payloads.array(source, "outputs.npy", dtype="float32", shape=(num_outputs, inputs.shape[1]))
        drops = schema.checked(source.details.get("drops_missing", False), bool, f"{where}: drops_missing")
        features = Features(vocabulary, config, buckets, drops)
        return cls(
            config, tokenizer, classes, features, inputs, outputs,
            history=history, class_counts=counts, by_count=by_count, several=several,
            codes=codes,
        )  # fmt: skip


def _shares(numbers: np.ndarray) -> np.ndarray:
    """Each of `numbers` (n, num_classes) as a share of its row."""
    return np.asarray(numbers / np.maximum(numbers.sum(axis=1, keepdims=True), np.finfo(float).tiny))


def _read_inputs(
    source: artifact.Artifact, num_rows: int, where: str
) -> tuple[np.ndarray, ProductCodes | None]:
    """The vectors, and their codes if they are quantised; ArtifactError unless there are `num_rows`."""
    if "quantised" in source.details:
        facts = schema.checked(source.details["quantised"], dict[str, int], f"{where}: quantised")
        part = schema.fields(facts, {"part": int}, f"{where}: quantised")["part"]
        codes = ProductCodes.read(source, part)
        inputs, name = codes.to_float32(), CODES
    else:
        codes, name = None, "inputs.npy"
        # prediction reads it once, for its table: to copy it into memory took as long as all else that loads
        inputs = np.asarray(payloads.mapped_array(source, name, dtype="float32", shape=(None, None)))
        payloads.check_finite([inputs.ravel()], source.payload(name))
    if inputs.shape != (num_rows, inputs.shape[1]) or not inputs.shape[1]:
        raise ArtifactError(f"{source.payload(name)}: expected {num_rows} rows, found shape {inputs.shape}")
    return inputs, codes


def _read_several(source: artifact.Artifact, config: LinearConfig, where: str) -> bool:
    """Whether texts may have several labels; ArtifactError."""
    where = f"{where}: several_labels"
    several: bool = schema.checked(source.details.get("several_labels", False), bool, where)
    if several and not takes_several(config.model, config):
        raise ArtifactError(f"{where}: expected false with the loss {config.loss!r}, found true")
    return several


def _read_counts(source: artifact.Artifact, num_classes: int, where: str) -> tuple[np.ndarray, np.ndarray]:
    """The texts of each class, and the classes by these; ArtifactError."""
    found = schema.fields(source.details, {"class_counts": list[int], "by_count": list[int]}, where)
    counts, by_count = (np.array(found[name], np.int64) for name in ("class_counts", "by_count"))
    if len(counts) != num_classes or np.any(counts < 0):
        raise ArtifactError(
            f"{where}: class_counts: expected {num_classes} numbers of texts, found {found['class_counts']!r}"
        )
    if not np.array_equal(np.sort(by_count), np.arange(num_classes)) or np.any(np.diff(counts[by_count]) > 0):
        raise ArtifactError(
            f"{where}: by_count: expected the classes by descending count, found {found['by_count']!r}"
        )
    return counts, by_count
