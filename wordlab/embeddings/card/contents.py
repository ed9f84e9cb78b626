"""What the card of a set of vectors says, for every format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from wordlab import schema
from wordlab.artifact import Artifact
from wordlab.cards.config import CardConfig
from wordlab.cards.document import (
    Block,
    Card,
    Facts,
    Items,
    Metric,
    Picture,
    Section,
    Table,
    Text,
    as_code,
)
from wordlab.cards.facts import megabytes, settings_text
from wordlab.embeddings.card.loading import HubPlace, loading_blocks
from wordlab.embeddings.card.making import kind_of, making_blocks, origin_of
from wordlab.embeddings.card.scores import CardScore
from wordlab.embeddings.card.speed import QuerySpeed
from wordlab.embeddings.diagnosis.diagnosing import Diagnosis
from wordlab.embeddings.diagnosis.findings import Finding
from wordlab.embeddings.evaluation.kinds import TASKS, measure_name
from wordlab.embeddings.vectors import WordVectors
from wordlab.visible import clipped

_HUB_LICENCES = {"PDDL 1.0": "pddl", "CC BY-SA 3.0": "cc-by-sa-3.0"}
"""What the Hub calls the licences of the catalogue."""
_UNKNOWN = "unknown"
_FACTS = {"pretrained": {"digests": dict[str, str]}, "postprocessed": dict[str, Any], "origin": str}
"""What the manifest says of vectors that were not trained here, or changed afterwards."""
_BIAS = (
    "What people wrote about people is in the vectors, with its prejudices; `embeddings bias` tests for some."
)
_SEEDS = "Another seed gives other neighbours, above all to rare words; `embeddings stability` says to which."


@dataclass(frozen=True)
class VectorsCard:
    """What a card is made of: the vectors with their manifest, and what was measured of them.

    `scores` are None where none were asked for, `speed` where it was not measured. `place` is where they are
    published, if they are.
    """

    vectors: WordVectors
    source: Artifact
    diagnosis: Diagnosis
    scores: Sequence[CardScore] = ()
    speed: QuerySpeed | None = None
    place: HubPlace | None = None

    @property
    def name(self) -> str:
        """The name of the vectors: that of their repository, or of their directory."""
        if self.place is not None:
            return self.place.repository.rpartition("/")[2]
        return self.source.name


def vectors_card(content: VectorsCard, config: CardConfig | None = None) -> Card:
    """The card of the vectors. Without a speed, equal contents give equal cards. ArtifactError for
    a damaged manifest."""
    config = config or CardConfig()
    schema.fields(content.source.details, _FACTS, f"{content.source.where}: details", optional=True)
    vectors, details = content.vectors, content.vectors.details
    pretrained = details.get("pretrained") or {}
    license = config.license or _HUB_LICENCES.get(str(pretrained.get("licence")))
    sections = [
        Section("At a glance", (_glance(content),)),
        Section("How they were made", tuple(making_blocks(vectors, content.source))),
        Section("Scores", tuple(_scores(content.scores))) if content.scores else None,
        Section("Diagnosis", tuple(_diagnosis(content.diagnosis))),
        Section("Limits", (Items(tuple(_limits(content, config))),)),
        Section("Licence", (_licences(content, license),)),
        Section("How to load them", tuple(loading_blocks(vectors, content.name, content.place))),
    ]
    return Card(
        title=config.title or content.name,
        lead=f"Vectors of {len(vectors):,} words in {vectors.dim:,} dimensions, {origin_of(details)}.",
        tags=tuple(_tags(vectors, content.place)),
        sections=tuple(section for section in sections if section is not None),
        metrics=tuple(
            Metric(TASKS[score.measure], score.test, measure_name(score.measure), score.value)
            for score in content.scores
            if score.value is not None
        ),
        license=license,
        languages=config.text_languages,
        task="feature-extraction",
        library="wordlab" if content.place is None else content.place.format,
    )


def _tags(vectors: WordVectors, place: HubPlace | None) -> Iterator[str]:
    yield from ("word-embeddings", "static-embeddings")
    if place is not None and place.format != "wordlab":
        yield from ("wordlab", place.format)
    if kind := kind_of(vectors.details.get("config") or {}):
        yield {"skip-gram": "word2vec", "CBOW": "word2vec"}.get(kind, kind.lower())
    if vectors.subwords is not None:
        yield "fasttext"


def _glance(content: VectorsCard) -> Facts:
    vectors, payloads = content.vectors, content.source.manifest["payloads"]
    counts = vectors.vocabulary.counts
    return Facts(
        {
            "words": f"{len(vectors):,}",
            "dimensions": f"{vectors.dim:,}",
            "most frequent": ", ".join(map(as_code, map(clipped, vectors.vocabulary.first(12)))),
            "rarest count": f"{int(counts[-1]):,}" if counts[-1] else None,
            "unknown words": _unknown_words(vectors),
            "tokenizer": None if vectors.tokenizer is None else settings_text(vectors.tokenizer.to_dict()),
            "precision": vectors.precision,
            "size on disk": megabytes(sum(facts["bytes"] for facts in payloads.values())),
            "size in memory": megabytes(vectors.matrix.nbytes),
            "speed": None if content.speed is None else _speed(content.speed),
            "digest": as_code(content.source.digest),
        }
    )


def _speed(speed: QuerySpeed) -> str:
    cores = f"{speed.cores} {'core' if speed.cores == 1 else 'cores'}"
    together = f"{speed.per_second:,.0f} a second together"
    return f"10 nearest words in {speed.milliseconds:.1f} ms, {together}, by exact search on {cores}"


def _unknown_words(vectors: WordVectors) -> str:
    if vectors.subwords is None:
        return "have no vector"
    return f"have vectors made of their n-grams ({vectors.subwords})"


def _scores(scores: Sequence[CardScore]) -> Iterator[Block]:
    yield Text(
        f"Policy: {scores[0].policy}. Intervals are 95% percentiles of a bootstrap over the items of a test: "
        "they speak of other items, not of other seeds. A score without its coverage says little, as rare "
        "words are the hard ones."
    )
    rows = []
    for score in scores:
        low, high = score.interval or (None, None)
        value = "-" if score.value is None else f"{score.value:.3f}"
        interval = "-" if low is None else f"{low:.3f} to {high:.3f}"
        counts = (f"{score.num_used:,}", f"{score.num_through_subwords:,}", f"{score.num_lost:,}")
        rows.append(
            (score.test, measure_name(score.measure), value, interval, *counts, f"{score.coverage:.1%}")
        )
    header = ("test", "measure", "score", "95% interval", "used", "by subwords", "lost", "coverage")
    yield Table(header, tuple(rows), left=2)
    named = "; ".join(f"{score.test} {value}" for score, (_, _, value, *_) in zip(scores, rows, strict=True))
    yield Picture("scores", f"Each score with its interval: {named}", tuple(scores))
    notes = {f"{score.test}: {score.note}" for score in scores if score.note}
    if notes:
        yield Items(tuple(sorted(notes)))


def _diagnosis(found: Diagnosis) -> Iterator[Block]:
    odd = [each for each in found.findings if each.verdict != "usual"]
    if odd:
        yield Items(tuple(_sentence(each) for each in odd))
    else:
        yield Text("Nothing unusual was found.")
    score = found.isotropy.iso_score
    bands = found.norms.bands
    yield Facts(
        {
            "IsoScore": None if score is None else f"{score:.3f}",
            "mean cosine of two words": _signed(found.isotropy.mean_cosine),
            "length and frequency": _signed(found.norms.correlation),
            "median length, frequent to rare": ", ".join(f"{band.median:.2f}" for band in bands),
            "skewness of hubs": None
            if found.hubs is None or found.hubs.skewness is None
            else f"{found.hubs.skewness:.2f}, among the {len(found.hubs.words):,} most frequent words",
            "largest hubs": None
            if found.hubs is None
            else ", ".join(as_code(clipped(word)) for word, _ in found.hubs.largest(6)),
        }
    )
    yield Picture(
        "diagnosis", "Lengths of vectors by frequency, share of variance by component, and hubs", found
    )


def _signed(value: float | None) -> str | None:
    return None if value is None else f"{value:+.3f}"


def _sentence(each: Finding) -> str:
    number = "" if each.number is None else f"{each.number:,} "
    examples = ", ".join(as_code(clipped(example)) for example in each.examples)
    fault = "Fault: " if each.verdict == "fault" else ""
    seen = f"{fault}{number}{each.seen}{': ' if examples else ''}{examples}."
    return f"{seen} What to do: {each.advice}." if each.advice else seen


def _limits(content: VectorsCard, config: CardConfig) -> Iterator[str]:
    vectors = content.vectors
    yield "A word has one vector for all its senses, and the order of words in a text means nothing to it."
    if vectors.tokenizer is not None and vectors.tokenizer.lowercase:
        yield "The words are lower-cased: ask in lower case, and names are not told from words."
    if vectors.tokenizer is None:
        yield "How the text was cut into words is not recorded: texts may have to be cut in another way."
    if vectors.subwords is None:
        yield "A word outside the vocabulary has no vector."
    else:
        yield "Vectors of words outside the vocabulary rest on their spelling alone."
    if not vectors.vocabulary.counts[0]:
        yield "Counts of words are not known; what is said of frequency takes the order of the words for it."
    if not config.text_languages:
        yield "The language of the text is not stated."
    lost = [score for score in content.scores if score.coverage < 0.95]
    if lost:
        named = ", ".join(sorted({f"{score.test} {score.coverage:.0%}" for score in lost}))
        yield f"Not all items of the tests could be asked ({named}); the others may be the harder ones."
    yield _BIAS
    yield _SEEDS


def _licences(content: VectorsCard, license: str | None) -> Facts:
    pretrained = content.vectors.details.get("pretrained") or {}
    source = pretrained.get("licence")
    known = source if source and source != "not stated" else _UNKNOWN
    tests = {f"test data: {score.test}": score.licence or _UNKNOWN for score in content.scores}
    what = "pretrained vectors" if pretrained else "text they were trained on"
    return Facts({"these vectors": license or _UNKNOWN, what: known, **tests})
