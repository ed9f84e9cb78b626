"""The main figures of what a command reported: a row of the table at the end of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from wordlab.embeddings.evaluation.kinds import measure_name

Figures = dict[str, float | None]


def figures_of(command: str, reported: Mapping[str, Any]) -> Figures:
    """The figures of a command by their names; none of a command that reports no scores."""
    return FIGURES[command](reported) if command in FIGURES else {}


def _of_tests(value: str) -> Callable[[Mapping[str, Any]], Figures]:
    def figures(reported: Mapping[str, Any]) -> Figures:
        scores = reported["scores"]
        return {f"{score['test']} {measure_name(score['measure'])}": score[value] for score in scores}

    return figures


def _of_sentences(reported: Mapping[str, Any]) -> Figures:
    return {f"{found['name']} {found['pooling']}": found["spearman"] for found in reported["results"]}


def _of_classifier(reported: Mapping[str, Any]) -> Figures:
    scores = reported["scores"]
    if "micro" in scores:  # texts with several labels
        return {
            "micro F1": scores["micro"]["f1"],
            "macro F1": scores["macro"]["f1"],
            "all right": scores["exact"],
        }
    return {"accuracy": scores["accuracy"], "macro F1": scores["macro_f1"], "AUC": scores["auc"]}


FIGURES: dict[str, Callable[[Mapping[str, Any]], Figures]] = {
    "embeddings evaluate": _of_tests("value"),
    "embeddings postprocess": _of_tests("after"),
    "embeddings quantise": _of_tests("after"),
    "embeddings sts": _of_sentences,
    "sentiment evaluate": _of_classifier,
    "vision evaluate": lambda reported: {"accuracy": reported["accuracy"]},
}
"""The figures of each command that scores something."""
