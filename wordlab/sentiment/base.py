"""TextModel: what all trained classifiers have in common, and what they say of a text and why."""

from __future__ import annotations

import os
import queue
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.pickling import own_state
from wordlab.representation import facts_html, table_html
from wordlab.sentiment import storage
from wordlab.sentiment.data.inputs import check_text, check_texts, each_text
from wordlab.sentiment.features.seen import SeenTexts
from wordlab.sentiment.features.tally import Tally
from wordlab.sentiment.judging.held_out import HeldOut
from wordlab.sentiment.models.names import NETWORKS, text_model_class
from wordlab.sentiment.models.settings import ModelConfig
from wordlab.text.storage import write_tokenizer
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.own import OwnTokenizer


class Prediction(NamedTuple):
    """A text with its most probable class and the probability of each class.

    `known_words` counts the words of the text, as far as it is read, that the model knows; None if the model
    does not count them.
    """

    text: str
    label: str
    probabilities: dict[str, float]
    known_words: int | None = None

    @classmethod
    def of(
        cls, text: str, classes: Sequence[str], probabilities: Sequence[float], known_words: int | None = None
    ) -> Prediction:
        """The prediction for `text` from the probabilities of the classes, in their order."""
        chances = dict(zip(classes, probabilities, strict=True))
        return cls(text, max(chances, key=chances.__getitem__), chances, known_words)

    @property
    def is_guess(self) -> bool:
        """Whether the model knows no word of the text; most models then go by the shares of the classes."""
        return self.known_words == 0


@dataclass(frozen=True)
class Reason:
    """Words of a text, starting at `position`, and how much they speak for the class (negative: against)."""

    words: tuple[str, ...]
    position: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """The class that is explained, its logit, and reasons by descending absolute weight.

    `logit` is the sum of the weights and `rest`. For n-grams and baselines `rest` is the output's bias;
    for integrated gradients it is the logit of a text whose words are all zero vectors, with the error of
    the numerical integral.
    """

    label: str
    logit: float
    rest: float
    reasons: tuple[Reason, ...]

    @classmethod
    def of(cls, label: str, logit: float, reasons: Iterable[Reason]) -> Explanation:
        """The explanation of `logit` by `reasons`, which are put in order; `rest` is the difference."""
        ordered = sorted(reasons, key=lambda reason: (-abs(reason.weight), reason.position, reason.words))
        return cls(label, logit, logit - sum(reason.weight for reason in ordered), tuple(ordered))

    def _repr_html_(self) -> str:
        rows = [(" ".join(reason.words), round(reason.weight, 4)) for reason in self.reasons]
        return table_html(f"Speaks for {self.label}", ("words", "weight"), rows)

    def strongest(self, number: int) -> Explanation:
        """The same with its first `number` reasons; the weights of the others go into `rest`."""
        others = sum(reason.weight for reason in self.reasons[number:])
        return Explanation(self.label, self.logit, others + self.rest, self.reasons[:number])


class TextModel(ABC):
    """Predicts the class of texts. Treat it as immutable.

    `classes` are the labels in the order of the probabilities, sorted; `config` says how it was trained;
    `digest` is that of the artefact it was loaded from, else None. `seen` knows the texts that it was
    trained on, if that is recorded; `tally` says, after training, what it read of them. `class_shares` are
    the shares of the classes in training, which are the probabilities of a text of which no word is known;
    where they are not recorded, all classes are equally probable then. `held_out` is how well texts were
    classified that were not trained on, None where none were. Where texts may have `several` labels, or none,
    each class has a probability of its own.
    """

    classes: tuple[str, ...]
    config: ModelConfig
    tokenizer: Tokenizer
    digest: str | None = None
    seen: SeenTexts | None = None
    tally: Tally | None = None
    class_shares: tuple[float, ...] | None = None
    held_out: HeldOut | None = None
    several: bool = False
    dtype: ClassVar[type[np.floating[Any]]]
    """Type of the probabilities."""
    guesses_by_shares: ClassVar[bool] = True
    """Whether a text without a known word gets the classes' shares in training; else what the model says."""

    def __getstate__(self) -> dict[str, Any]:
        return own_state(self)

    @property
    @abstractmethod
    def title(self) -> str:
        """The model's name as people write it."""

    @property
    @abstractmethod
    def size(self) -> tuple[int, str]:
        """How many things the model knows, and what they are: "words", say."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """What there is to report about this training: plain values, for JSON."""

    @abstractmethod
    def probabilities(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[np.ndarray]:
        """The probabilities of `texts` in order, some rows at a time, each block (n, num_classes).

        `tally`, if given, counts what is read of them.
        """

    @abstractmethod
    def reasons(self, text: str, position: int) -> tuple[float, list[Reason]]:
        """The logit of class `position` for `text`, and what the parts of the text add to it."""

    @abstractmethod
    def write(self, draft: artifact.Draft) -> None:
        """Write the payloads, and the facts that not all models have."""

    @classmethod
    @abstractmethod
    def read(cls, source: artifact.Artifact) -> Self:
        """The model that `write` wrote; ArtifactError."""

    def _repr_html_(self) -> str:
        number, noun = self.size
        facts = {
            "classes": list(self.classes),
            noun: number,
            "held out": self.held_out
            and f"{self.held_out.accuracy:.1%} of {self.held_out.num_texts:,} right",
            "tokenizer": self.tokenizer.name,
        }
        return facts_html(self.title, facts)

    def predict_proba(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> np.ndarray:
        """The probability of each class for each text, (num_texts, num_classes)."""
        texts = check_texts(texts)
        if tally is None and not self.guesses_by_shares:  # nobody asks which words are known
            rows = list(self.probabilities(texts, threads=threads))
        else:
            rows = [rows for rows, _ in self._rows(texts, threads, tally)]
        return np.concatenate(rows) if rows else np.zeros((0, len(self.classes)), self.dtype)

    def predict(self, texts: Iterable[str], *, threads: int | None = None) -> list[str]:
        """The most probable class of each text."""
        return [self.classes[best] for best in self.predict_proba(texts, threads=threads).argmax(axis=1)]

    def predict_stream(
        self, texts: Iterable[str], *, threads: int | None = None, tally: Tally | None = None
    ) -> Iterator[Prediction]:
        """A Prediction for each text, in order, of a stream of any length at constant memory."""
        return self._stream(each_text(texts), threads, tally)

    def _stream(self, texts: Iterator[str], threads: int | None, tally: Tally | None) -> Iterator[Prediction]:
        waiting: queue.SimpleQueue[str] = queue.SimpleQueue()

        def remembered() -> Iterator[str]:
            for text in texts:
                waiting.put(text)
                yield text

        for rows, known in self._rows(remembered(), threads, tally):
            of_each = [None] * len(rows) if known is None else known.tolist()
            for row, number in zip(rows.tolist(), of_each, strict=True):
                yield Prediction.of(waiting.get(), self.classes, row, number)

    def _rows(
        self, texts: Iterable[str], threads: int | None, tally: Tally | None
    ) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
        """The probabilities in blocks (n, num_classes), and how many words of each text are known, (n,).

        A network may be sure of what it makes of nothing but unknown words, by its random vectors, and a
        linear classifier by its bias; neither has seen anything that speaks for a class.
        """
        tally = Tally() if tally is None else tally
        shares = self.class_shares or (1 / len(self.classes),) * len(self.classes)
        tally.known_each = None
        for rows in self.probabilities(texts, threads=threads, tally=tally):
            known = tally.known_each
            if known is not None and len(known) != len(rows):  # of other texts than these
                known = None
            if self.guesses_by_shares and known is not None and not known.all():
                rows = rows.copy()
                rows[known == 0] = shares
            yield rows, known
            tally.known_each = None

    def explain(self, text: str, *, label: str | None = None) -> Explanation:
        """What in `text` speaks for the class `label`, by default the one predicted, and what against it.

        Raises ConfigError if there is no class `label`.
        """
        check_text(text)
        label = self.choose_label(text, label)
        logit, reasons = self.reasons(text, self.classes.index(label))
        return Explanation.of(label, logit, reasons)

    def choose_label(self, text: str, label: str | None) -> str:
        """`label`, or the class predicted for `text`; ConfigError if it is not one of the classes."""
        label = self.predict([text], threads=1)[0] if label is None else label
        if label not in self.classes:
            raise ConfigError(f"label: expected one of {', '.join(self.classes)}, found {label!r}")
        return label

    def export(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the model as an ONNX file; ConfigError if it has no such form."""
        name = self.config.to_dict()["model"]
        raise ConfigError(f"model: expected one that ONNX can hold ({', '.join(NETWORKS)}), found {name!r}")

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        overwrite: bool = False,
        parents: Mapping[str, str] | None = None,
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """Write the classifier as an artefact; `parents` are the digests of what it was made from.

        Raises OutputExistsError and ArtifactError as `wordlab.artifact.create` does, and ConfigError for a
        tokenizer that is a function.
        """
        if isinstance(self.tokenizer, OwnTokenizer):
            raise ConfigError(
                "tokenizer: expected one by name to be saved with the classifier, found "
                f"{self.tokenizer.called}, which is code that no file holds; pickle takes it"
            )
        kind, version = storage.KIND, storage.FORMAT_VERSION
        with artifact.create(path, kind=kind, format_version=version, overwrite=overwrite) as draft:
            draft.parents.update(parents or {})
            draft.details.update(config=self.config.to_dict(), classes=list(self.classes))
            write_tokenizer(draft, self.tokenizer)
            self.write(draft)
            if self.seen is not None:
                self.seen.write(draft)
            if self.class_shares is not None:
                draft.details["class_shares"] = list(self.class_shares)
            if self.held_out is not None:
                draft.details["held_out"] = self.held_out.to_dict()
            draft.details["metrics"] = dict(metrics or {})

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, verify: bool = True) -> Self:
        """The classifier saved under `path`, of whichever kind it is; nothing is executed.

        Raises ArtifactError if it is missing, damaged, or not of the kind that is asked for.
        """
        source, name = storage.open_classifier(path, verify=verify)
        kind = text_model_class(name)
        if not issubclass(kind, cls):
            raise ArtifactError(
                f"{source.directory}: expected a {cls.__name__}, found the model {name!r}, "
                f"which {kind.__name__}.load loads; wordlab.sentiment.load_classifier loads both"
            )
        model: Self = kind.read(source)
        model.seen = SeenTexts.read(source)
        model.class_shares = storage.read_class_shares(source, len(model.classes))
        model.held_out = storage.read_held_out(source, len(model.classes))
        model.digest = source.digest
        return model


def load_classifier(path: str | os.PathLike[str], *, verify: bool = True) -> TextModel:
    """The classifier saved under `path`, a network or a baseline; ArtifactError."""
    return TextModel.load(path, verify=verify)
