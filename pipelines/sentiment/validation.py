"""--validation: a share of the training texts, or a file of others."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import options
from pipelines.config_options import was_typed
from wordlab.sentiment.models.config import ClassifierConfig

if TYPE_CHECKING:
    from wordlab.progress import OnProgress
    from wordlab.sentiment.data.labelled import LabelledTexts, MultiLabelTexts

    AnyTexts = LabelledTexts | MultiLabelTexts


validation_option = click.option(
    "--validation", type=options.ShareOrFile(), default=ClassifierConfig.validation, show_default=True,
    metavar="X|FILE",
    help="Share of the texts held out, or a file of labelled texts used in their place. Networks choose the "
    "best epoch by them, 0 trains for all epochs on all texts; baselines are judged, and NB-SVM calibrated, "
    "by a file, else by a first training without the share (NB-SVM by --calibration-folds); linear and "
    "paragraph-vectors likewise, if this is given.",
)  # fmt: skip


def pop_validation_file(fields: dict[str, Any]) -> Path | None:
    """The file that --validation names, whose place in `fields` the config's default takes; else None."""
    value = fields["validation"]
    if not isinstance(value, Path):
        return None
    fields["validation"] = None
    return value


def share_to_judge_by(fields: Mapping[str, Any], config: Any) -> dict[str, float]:
    """The share that was typed, as an argument of a trainer whose config has none; {} without one."""
    share = fields["validation"]
    own = config is None or hasattr(config, "validation")
    return {} if own or share is None or not was_typed("validation") else {"validation": share}


def read_validation(
    path: Path, training: AnyTexts, columns: Mapping[str, Any], on_progress: OnProgress | None
) -> tuple[AnyTexts, list[str]]:
    """The texts in the file, and a note on those that are also among the training texts.

    They may have several labels if the training texts have.
    """
    from wordlab.sentiment.data.labelled import LabelledTexts
    from wordlab.sentiment.data.reading import read_labelled, read_multi_label
    from wordlab.sentiment.features.seen import SeenTexts

    read = read_labelled if isinstance(training, LabelledTexts) else read_multi_label
    found: AnyTexts = read(path, **columns, on_progress=on_progress)
    number = int(SeenTexts.of(training.texts).contains(found.texts).sum())
    counted = f"{number:,} {'text' if number == 1 else 'texts'}"
    notes = [f"{path}: {counted} also in the training set {training.source}"] if number else []
    return found, [*(f"{path}: {note}" for note in found.notes), *notes]
