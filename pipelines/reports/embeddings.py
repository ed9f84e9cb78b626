"""What the commands of `wordlab embeddings` print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from wordlab.embeddings.evaluation.kinds import measure_name
from wordlab.visible import clipped, listed

if TYPE_CHECKING:
    from wordlab.embeddings.vectors import WordVectors

_LOSS_ROWS = 10
_NO_OUTPUTS = "output vectors; training that continues from these starts them at zero"
_NO_GLOVE = "both parts of each word; training cannot continue from these"


def print_trained(facts: dict[str, Any]) -> None:
    """Print what `embeddings train` made."""
    speed = console.speed(facts)
    trained = f", training at {speed}" if speed else ""
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "size": console.size(facts),
            "time": f"{console.duration(facts['seconds'])}{trained}",
        }
    )
    console.print_heading("Mean loss of a pair")
    losses = facts["losses"]
    every = -(-len(losses) // _LOSS_ROWS)  # if there are many epochs only some, but always the last
    rows = [(epoch, f"{losses[epoch - 1]:.4f}") for epoch in range(len(losses), 0, -every)]
    console.print_table(("epoch", "loss"), rows[::-1], left=0)


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def print_quantised(facts: dict[str, Any]) -> None:
    """Print what `embeddings quantise` made, and what it lost."""
    sizes = facts["bytes"]
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "size": f"{console.size(facts)}, {facts['precision']}",
            "changed": f"no number by more than {facts['largest_change']:.2g}",
            "left out": _NO_OUTPUTS
            if facts["outputs_dropped"]
            else _NO_GLOVE
            if facts["glove_dropped"]
            else None,
        }
    )
    console.line()
    smaller = f"{sizes['after'] / sizes['before'] - 1:+.1%}"
    rows = [("bytes", "", f"{sizes['before']:,}", f"{sizes['after']:,}", smaller)]
    _print_changes([*rows, *_score_rows(facts["scores"])])


def print_postprocessed(facts: dict[str, Any]) -> None:
    """Print what `embeddings postprocess` made, and what it did to the scores."""
    removed, kept = facts.get("variance_removed"), facts.get("variance_kept")
    retrofitted = facts.get("num_retrofitted")
    console.print_facts(
        {
            "vectors": console.folder(Path(facts["output"])),
            "size": console.size(facts),
            "retrofitted": f"{retrofitted:,} words" if retrofitted else None,
            "centred": f"by a mean of length {facts['mean_length']:.3g}" if "mean_length" in facts else None,
            "removed": f"{console.share(removed)} of the variance" if removed else None,
            "kept": f"{console.share(kept)} of the variance" if kept else None,
            "left out": "n-grams, for which scaling and retrofitting have no counterpart"
            if facts["subwords_dropped"]
            else None,
        }
    )
    console.line()
    _print_changes(_score_rows(facts["scores"]))


def _score_rows(scores: Sequence[dict[str, Any]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for score in scores:
        old, new = score["before"], score["after"]
        change = "-" if old is None or new is None else f"{round(new - old, 4) + 0.0:+.4f}"
        measure = measure_name(score["measure"])
        rows.append((score["test"], measure, _number(old, 4), _number(new, 4), change))
    return rows


def _print_changes(rows: Sequence[tuple[str, ...]]) -> None:
    console.print_table(("", "", "before", "after", "change"), rows, left=2)


def subword_notes(made: list[str]) -> list[str]:
    """A sentence that names the words whose vectors are `made` of n-grams, if there are any."""
    if not made:
        return []
    named = listed([repr(clipped(word)) for word in made])
    if len(made) == 1:
        return [f"{named} is not in the vocabulary; its vector is the mean of its n-grams"]
    return [f"{named} are not in the vocabulary; their vectors are the means of their n-grams"]


def example_word(vectors: WordVectors) -> str:
    """A word to ask about: common, and as far as can be told neither a function word nor a number."""
    words = vectors.vocabulary.words
    for word in ("king", "city", "water", *words[200:400], *words):
        if word in vectors and word.isalpha() and len(word) > 3:
            return word
    return words[0]
