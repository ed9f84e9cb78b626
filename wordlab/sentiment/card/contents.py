"""What the card of a classifier says, for every format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wordlab.artifact import Artifact
from wordlab.cards.config import CardConfig
from wordlab.cards.document import (
    Block,
    Card,
    Code,
    Facts,
    Items,
    Metric,
    Picture,
    Section,
    Table,
    Text,
    as_code,
)
from wordlab.cards.facts import config_facts, library_facts, megabytes, parent_facts, settings_text
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.card.judged import Judged, of_held_out
from wordlab.sentiment.judging.by_class import ClassScores
from wordlab.visible import clipped, listed

_UNKNOWN = "unknown"
_MOST_CLASSES = 50  # that a table has rows for
_MOST_COLUMNS = 12  # of a confusion matrix in words
_RARE = 0.1
_FEW = 1_000  # texts
_LOAD = """\
from wordlab.sentiment import load_classifier

model = load_classifier({path!r})
print(model.predict(["a text", "another text"]))
"""


@dataclass(frozen=True)
class ClassifierCard:
    """What a card is made of: the classifier with its manifest, and `tests` that it was judged on since.

    `repository` is where it is published on the Hub, if it is.
    """

    model: TextModel
    source: Artifact
    tests: tuple[Judged, ...] = ()
    repository: str | None = None

    @property
    def judged(self) -> tuple[Judged, ...]:
        """All that is known of its quality, the tests first."""
        held_out = self.model.held_out
        return self.tests if held_out is None else (*self.tests, of_held_out(held_out, self.model.classes))


def classifier_card(content: ClassifierCard, config: CardConfig | None = None) -> Card:
    """The card of the classifier; equal contents give equal cards."""
    config = config or CardConfig()
    model = content.model
    path = (content.repository or content.source.name).rpartition("/")[2]
    number, noun = model.size
    several = ", any number of them a text" if model.several else ""
    lead = f"A text classifier of {len(model.classes):,} classes{several}: {model.title}, {number:,} {noun}."
    return Card(
        title=config.title or path,
        lead=lead,
        tags=("text-classification", str(model.config.to_dict()["model"])),
        sections=(
            Section("At a glance", (_glance(content),)),
            Section("How well it does", tuple(_quality(content.judged))),
            Section("How it was made", tuple(_making(content))),
            Section("Limits", (Items(tuple(_limits(content, config))),)),
            Section("Licence", (Facts({"this classifier": config.license or _UNKNOWN,
                                       "texts it was trained on": _UNKNOWN}),)),
            Section("How to load it", tuple(_loading(content, path))),
        ),
        metrics=tuple(_metrics(content.judged)),
        license=config.license,
        languages=config.text_languages,
        task="text-classification",
    )  # fmt: skip


def _glance(content: ClassifierCard) -> Facts:
    model, payloads = content.model, content.source.manifest["payloads"]
    number, noun = model.size
    return Facts(
        {
            "model": model.title,
            "classes": listed([as_code(clipped(name)) for name in model.classes]),
            "labels a text": "any number" if model.several else "one",
            "size": f"{number:,} {noun}",
            "size on disk": megabytes(sum(facts["bytes"] for facts in payloads.values())),
            "tokenizer": settings_text(model.tokenizer.to_dict()),
            "digest": as_code(content.source.digest),
        }
    )


def _quality(judged: tuple[Judged, ...]) -> Iterator[Block]:
    if not judged:
        yield Text(
            "Not known: nothing was held out in training. `wordlab sentiment card MODEL --test FILE` judges "
            "it on texts of your own."
        )
    for each in judged:
        yield Text(f"On {each.name}:")
        yield Facts(dict(each.facts))
        if each.notes:
            yield Items(each.notes)
        if each.by_class:
            yield _by_class(each.by_class)
    # The first confusion is the best one to show: that of a test, else that of texts held out.
    shown = next((each for each in judged if each.scores is not None), None)
    if shown is not None and shown.scores is not None and len(shown.scores.classes) <= _MOST_CLASSES:
        yield Picture("confusion", f"Confusion matrix on {shown.name}", shown)
        if len(shown.scores.classes) <= _MOST_COLUMNS:
            yield Text(f"Confusion on {shown.name}: rows by class, columns by what texts were taken for.")
            yield Table(
                ("", *map(clipped, shown.scores.classes)),
                tuple(
                    (clipped(name), *(f"{count:,}" for count in row))
                    for name, row in zip(shown.scores.classes, shown.scores.confusion, strict=True)
                ),
            )


def _by_class(scores: tuple[ClassScores, ...]) -> Table:
    rows = tuple(
        (clipped(each.label), *(f"{share:.3f}" for share in (each.precision, each.recall, each.f1)),
         f"{each.support:,}")
        for each in scores[:_MOST_CLASSES]
    )  # fmt: skip
    return Table(("class", "precision", "recall", "F1", "texts"), rows)


def _making(content: ClassifierCard) -> Iterator[Block]:
    model, manifest = content.model, content.source.manifest
    facts = model.facts()
    history, coverage = facts.get("history") or {}, facts.get("coverage") or {}
    known = {
        f"known words, {each.name}": f"{each.known:.1%}" for each in content.tests if each.known is not None
    }
    yield Facts(
        {
            "training texts": None if model.seen is None else f"{len(model.seen):,}, each counted once",
            "texts without a label": f"{facts['num_unlabelled']:,}" if facts.get("num_unlabelled") else None,
            "tokens with a vector, training": f"{coverage['tokens']:.1%}" if "tokens" in coverage else None,
            **known,
            "epochs": f"{len(history['losses']):,}, the best is {history['best_epoch']}"
            if history.get("losses") and history.get("best_epoch") else None,
        } | parent_facts(manifest, content.source.where) | library_facts(manifest)
    )  # fmt: skip
    if model.class_shares is not None:
        shares = zip(model.classes, model.class_shares, strict=True)
        rows = tuple((clipped(name), f"{share:.1%}") for name, share in list(shares)[:_MOST_CLASSES])
        yield Table(("class", "share of the training texts"), rows)
    yield Text("Settings:")
    yield Facts(config_facts(model.config.to_dict()))


def _limits(content: ClassifierCard, config: CardConfig) -> Iterator[str]:
    model = content.model
    yield "It knows only its classes: a text of another kind gets one of them as well."
    yield "Its figures are for texts of the kind that it was judged on; others may be much harder."
    if not content.judged:
        yield "How well it does is not known."
    if model.seen is not None and len(model.seen) < _FEW:
        yield f"It has seen {len(model.seen):,} texts only."
    if model.class_shares is not None and not model.several and min(model.class_shares) < _RARE:
        rare = [name for name, share in zip(model.classes, model.class_shares, strict=True) if share < _RARE]
        named = listed([as_code(clipped(name)) for name in rare], 5)
        yield f"Of some classes it has seen little ({named}): look at their own scores, not at the accuracy."
    if model.tokenizer.lowercase:
        yield "Texts are lower-cased: capitals tell it nothing."
    longest = model.config.to_dict().get("max_tokens")
    if longest:
        yield f"Of a text it reads {longest:,} words; what follows is left out."
    if model.guesses_by_shares:
        yield "A text without any known word gets the classes' shares in training for probabilities."
    if not config.text_languages:
        yield "The language of the texts is not stated."
    yield "What the training texts have against people is in it as well."


def _loading(content: ClassifierCard, path: str) -> Iterator[Text | Code]:
    if content.repository is not None:
        yield Text(f"Fetch it into a directory called `{path}`:")
        yield Code("console", f"$ wordlab sentiment import hf://{content.repository} -o {path}", "wordlab")
    yield Text("In Python, and the same from a shell:")
    yield Code("python", _LOAD.format(path=path), "wordlab")
    yield Code("console", f'$ wordlab sentiment predict {path} "a text"', "wordlab")


def _metrics(judged: tuple[Judged, ...]) -> Iterator[Metric]:
    for each in judged:
        yield Metric("Text classification", each.name, each.measure, each.value)
        if each.scores is not None:
            yield Metric("Text classification", each.name, "F1", each.scores.macro_f1)
