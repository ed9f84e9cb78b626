"""What the commands of `wordlab embeddings` print."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import console
from pipelines.console import share as _share
from wordlab.visible import clipped, listed

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.analogy import AnalogyResult
    from wordlab.embeddings.evaluation.similarity import SimilarityResult
    from wordlab.embeddings.evaluation.suite import Evaluation
    from wordlab.embeddings.vectors import WordVectors

_LOSS_ROWS = 10
_NO_OUTPUTS = "output vectors; training that continues from these starts them at zero"
_NO_GLOVE = "both parts of each word; training cannot continue from these"
_ANALOGIES = "Analogies (share of questions answered rightly)"
MEASURES = {"3cosadd": "3CosAdd", "3cosmul": "3CosMul", "spearman": "Spearman"}


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


def print_similarities(results: Sequence[SimilarityResult]) -> None:
    """Print a table with a row for each test set."""
    console.print_heading("Word similarity (correlation with people's scores)")
    rows = []
    for result in results:
        low, high = result.interval or (None, None)
        interval = "-" if low is None else f"{low:.3f} to {high:.3f}"
        numbers = [_number(result.spearman), interval, _number(result.pearson)]
        counts = (result.num_pairs, result.num_through_subwords, result.num_lost)
        rows.append((result.name, *numbers, *(f"{count:,}" for count in counts)))
    heading = ["test", "Spearman", "95% interval", "Pearson", "pairs used", "by subwords", "lost"]
    if not any(result.num_through_subwords for result in results):
        heading, rows = heading[:5] + heading[6:], [row[:5] + row[6:] for row in rows]
    console.print_table(heading, rows)


def _number(value: float | None, digits: int = 3) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def print_analogies(results: Sequence[AnalogyResult]) -> None:
    """Print a table for each data set, with a row for each section and a column for each method."""
    groups = [(name, list(group)) for name, group in groupby(results, key=lambda result: result.name)]
    for name, group in groups:
        console.print_heading(_ANALOGIES if len(groups) == 1 else f"{_ANALOGIES}: {name}")
        _print_sections(group)


def _print_sections(results: Sequence[AnalogyResult]) -> None:
    first = results[0]
    groups = [[*result.sections, result.semantic, result.syntactic, result.total] for result in results]
    rows = []
    for scores in zip(*groups, strict=True):
        score = scores[0]
        if score is None:
            continue
        shares = [_share(s.accuracy) if s is not None and s.num_used else "-" for s in scores]
        name = score.name if score in first.sections else score.name.capitalize()
        through = (f"{score.num_through_subwords:,}",) if first.total.num_through_subwords else ()
        covered = (f"{score.num_used:,}", *through, f"{score.num_lost:,}", _share(score.coverage))
        rows.append((name, *shares, *covered))
    methods = [MEASURES[result.method] for result in results]
    through = ("by subwords",) if first.total.num_through_subwords else ()
    console.print_table(("section", *methods, "used", *through, "lost", "coverage"), rows)


def print_notes(found: Evaluation, *, show_columns: bool) -> None:
    """Print what was guessed about the files, and why few of their words could be used."""
    notes = []
    for rated in found.similarities:
        notes += [(rated.name, rated.columns if show_columns else None), (rated.name, rated.note)]
    for answered in {result.name: result for result in found.analogies}.values():
        read = None if answered.lines == "questions" else answered.lines
        notes += [(answered.name, read), (answered.name, answered.note)]
    shown = [f"{name}: {note}" for name, note in notes if note]
    for text in ["", *shown] if shown else []:
        console.line(text)


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
        measure = MEASURES.get(score["measure"], score["measure"])
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
