"""What `wordlab embeddings evaluate` prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from pipelines import console
from pipelines.console import share as _share
from wordlab.embeddings.evaluation.kinds import measure_name

if TYPE_CHECKING:
    from wordlab.embeddings.evaluation.analogy_scores import AnalogyResult
    from wordlab.embeddings.evaluation.categories import CategoryResult
    from wordlab.embeddings.evaluation.judging import TestScore
    from wordlab.embeddings.evaluation.kinds import Kind
    from wordlab.embeddings.evaluation.outliers import OutlierResult
    from wordlab.embeddings.evaluation.similarity import SimilarityResult
    from wordlab.embeddings.evaluation.suite import Evaluation

Interval = tuple[float, float]
_ANALOGIES = "Analogies by section (share of questions answered rightly)"


def print_evaluation(found: Evaluation, files: Mapping[Kind, Sequence[object]]) -> None:
    """Print all scores in one table, what lies behind them, and notes on the `files` given by kind."""
    _print_scores(found.scores)
    if found.similarities:
        _print_pearson(found.similarities)
    if found.analogies:
        print_analogies(found.analogies)
    if found.categories:
        _print_clusterings(found.categories)
    if found.outliers:
        _print_groups(found.outliers)
    _print_notes(found, files)


def _print_scores(scores: Sequence[TestScore]) -> None:
    console.print_heading("Scores")
    subwords = any(score.num_through_subwords is not None for score in scores)
    rows = []
    for score in scores:
        through = (_count(score.num_through_subwords),) if subwords else ()
        counts = (_count(score.num_used), *through, _count(score.num_lost), _share(score.coverage))
        measure = measure_name(score.measure)
        rows.append((score.test, measure, _number(score.value), interval(score.interval), *counts))
    heading = ("test", "measure", "score", "95% interval", "used")
    console.print_table((*heading, *(("by subwords",) if subwords else ()), "lost", "coverage"), rows, left=2)


def _count(value: int | None) -> str:
    return "-" if value is None else f"{value:,}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def interval(found: Interval | None) -> str:
    """An interval as tables show it."""
    return "-" if found is None else f"{found[0]:.3f} to {found[1]:.3f}"


def _print_pearson(results: Sequence[SimilarityResult]) -> None:
    console.print_heading("Word similarity (correlation with people's scores)")
    rows = [(each.name, _number(each.spearman), _number(each.pearson)) for each in results]
    console.print_table(("test", "Spearman", "Pearson"), rows)


def print_analogies(results: Sequence[AnalogyResult]) -> None:
    """Print a table for each data set, with a row for each section and a column for each method."""
    groups = [(name, list(group)) for name, group in groupby(results, key=lambda result: result.name)]
    for name, group in groups:
        console.print_heading(_ANALOGIES if len(groups) == 1 else f"{_ANALOGIES}: {name}")
        _print_sections(group)


def _print_sections(results: Sequence[AnalogyResult]) -> None:
    first = results[0]
    groups = [[*result.sections, result.semantic, result.syntactic, result.total] for result in results]
    subwords = first.total.num_through_subwords is not None
    rows = []
    for scores in zip(*groups, strict=True):
        score = scores[0]
        if score is None:
            continue
        shares = [_share(s.accuracy) if s is not None and s.num_used else "-" for s in scores]
        name = score.name if score in first.sections else score.name.capitalize()
        through = (_count(score.num_through_subwords),) if subwords else ()
        covered = (_count(score.num_used), *through, _count(score.num_lost), _share(score.coverage))
        rows.append((name, *shares, *covered))
    methods = [measure_name(result.method) for result in results]
    through = ("by subwords",) if subwords else ()
    console.print_table(("section", *methods, "used", *through, "lost", "coverage"), rows)


def _print_clusterings(results: Sequence[CategoryResult]) -> None:
    console.print_heading("Categories (purity of k-means by seeds)")
    rows = []
    for each in results:
        spread = (min(each.purities), max(each.purities)) if each.purities else (None, None)
        numbers = map(_number, (each.purity, each.deviation, *spread))
        rows.append((each.name, each.num_categories, len(each.purities), *numbers))
    columns = ("test", "categories", "seeds", "mean", "deviation", "lowest", "highest")
    console.print_table(columns, rows)


def _print_groups(results: Sequence[OutlierResult]) -> None:
    for result in results:
        if len(result.groups) < 2:
            continue
        console.print_heading(f"Outliers by group: {result.name}")
        subwords = result.total.num_through_subwords is not None
        rows = []
        for group in (*result.groups, result.total):
            shares = (_share(group.accuracy), _share(group.opp)) if group.num_used else ("-", "-")
            through = (group.num_through_subwords,) if subwords else ()
            counts = (group.num_used, *through, group.num_shortened, group.num_lost)
            name = group.name if group in result.groups else "Total"
            rows.append((name, *shares, *map(_count, counts)))
        used = ("used", "by subwords") if subwords else ("used",)
        console.print_table(("group", "accuracy", "OPP", *used, "group not whole", "lost"), rows)


def _print_notes(found: Evaluation, files: Mapping[Kind, Sequence[object]]) -> None:
    """Print what was guessed about the files, and why few of their words could be used."""
    notes = []
    for kind, results in found.results.items():
        for each in results:
            notes += [(each.name, each.read_as if files.get(kind) else None), (each.name, each.note)]
    shown = dict.fromkeys(f"{name}: {note}" for name, note in notes if note)
    for text in ["", *shown] if shown else []:
        console.line(text)
