"""What a comparison keeps beside its results: each model, and what it predicted."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from wordlab.errors import OutputExistsError
from wordlab.io.atomic import staged_file
from wordlab.io.leftovers import is_empty
from wordlab.io.places import check_place
from wordlab.sentiment.base import TextModel
from wordlab.sentiment.data.labelled import LabelledTexts


class Keeper:
    """Keeps models and predictions below a directory, which must be new or empty: OutputExistsError.

    It is never replaced, as it is no artefact itself and may hold what took hours. Below it are, for each
    model, the classifier as NAME/model, or NAME/fold-1 and so on, and NAME/predictions.csv: a row for each
    text with its place among the texts, its fold, its label, the label predicted and the probability of each
    class.
    """

    def __init__(self, directory: str | os.PathLike[str]) -> None:
        self.directory = Path(directory)
        check_place(directory)
        if self.directory.exists() and not (self.directory.is_dir() and is_empty(self.directory)):
            raise OutputExistsError(
                f"{directory}: exists already; models are kept in a new or empty directory"
            )

    def keep_model(self, model: TextModel, name: str, fold: int | None) -> None:
        """Save a model of the `fold`, counted from 0, or of no fold."""
        path = self.directory / name / ("model" if fold is None else f"fold-{fold + 1}")
        path.parent.mkdir(parents=True, exist_ok=True)
        model.save(path)

    def keep_predictions(
        self,
        name: str,
        data: LabelledTexts,
        probabilities: np.ndarray,
        classes: Sequence[str],
        folds: np.ndarray | None,
    ) -> None:
        """Save what was predicted for each text of `data`, probabilities (num_texts, num_classes)."""
        path = self.directory / name / "predictions.csv"
        with (
            staged_file(path, make_parents=True) as staging,
            Path(staging).open("w", encoding="utf-8", newline="") as file,
        ):
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["text", "fold", "label", "predicted", *(f"p({label})" for label in classes)])
            for place, (label, row) in enumerate(zip(data.labels, probabilities.tolist(), strict=True)):
                fold = "" if folds is None else int(folds[place]) + 1
                predicted = classes[int(np.argmax(row))]
                writer.writerow([place, fold, label, predicted, *(f"{chance:.6g}" for chance in row)])
