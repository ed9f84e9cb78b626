"""`wordlab vision compare`: the studies of batch normalisation and of depth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import Numbers
from pipelines.plots.files import save_figure
from pipelines.vision.train import data_option
from wordlab import artifact
from wordlab.io.places import check_apart

if TYPE_CHECKING:
    from wordlab.progress import OnProgress
    from wordlab.vision_theory.vision.images import ImageData
    from wordlab.vision_theory.vision.studies.artefact import Findings

STUDIES = {"batch-norm": "learning_rates", "depth": "depths"}
"""The studies, and the option that only this study has."""


@click.command("compare", cls=options.Command)
@click.option("--study", type=click.Choice(tuple(STUDIES)), required=True, help="What to compare.")
@data_option
@options.output_option("results and the picture")
@click.option(
    "--seeds", type=int, default=3, show_default=True, metavar="N", help="Runs of each network, seeds 1 to N."
)
@click.option("--epochs", type=int, default=10, show_default=True, metavar="N", help="Epochs of each run.")
@click.option(
    "--max-images", type=int, default=None, metavar="N", show_default="10000 and 5000",
    help="Train on at most this many images, drawn at random.",
)  # fmt: skip
@click.option(
    "--learning-rate", "learning_rates", type=float, multiple=True, metavar="X",
    show_default="0.01 to 10", help="For batch-norm; can be given several times.",
)  # fmt: skip
@click.option(
    "--depths", type=Numbers(), default=None, metavar="N,...", show_default="8,20,32,56",
    help="For depth: layers of the networks.",
)  # fmt: skip
@options.threads_option
@options.quiet_option
@options.json_option
def compare(
    study: str, data: str, output: Path, overwrite: bool, quiet: bool, as_json: bool, **choices: Any
) -> None:
    """Compare networks with and without batch normalisation, or plain and residual ones, over seeds.

    \b
    Example:
      wordlab vision compare --study batch-norm --learning-rate 0.3 --epochs 3 --threads 1 -o study/
      wordlab vision compare --study depth --depths 8,20 --max-images 200 --threads 1 -o study/
    """
    for name, option in STUDIES.items():
        if name != study and choices[option]:
            raise click.UsageError(f"--{option.replace('_rates', '-rate')} does not go with --study {study}")
    artifact.check_output(output, overwrite=overwrite)
    from pipelines.plots.vision import draw_study
    from pipelines.reports import vision as reports
    from wordlab.vision_theory.vision.image_sources import NAMED, load_images
    from wordlab.vision_theory.vision.studies.artefact import PICTURE, save_study, study_facts

    given = {name: value for name, value in choices.items() if value not in (None, ())}
    if data not in NAMED:
        check_apart(output, [data])
    images = load_images(data)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        findings = _run(study, images, given, on_progress)
    remarks = reports.study_remarks(findings)
    save_study(
        output, findings, remarks=remarks, overwrite=overwrite,
        draw=lambda path: save_figure(draw_study(findings), path),
    )  # fmt: skip
    picture = output / PICTURE
    if as_json:
        facts = study_facts(findings, remarks)
        console.print_json({"output": str(output), "picture": str(picture), **taken, **facts})
        return
    reports.print_study(findings)
    console.line()
    for remark in remarks:
        console.line(remark)
    console.line()
    console.print_facts({"picture": picture, "time": console.duration(taken["seconds"])})


def _run(study: str, images: ImageData, choices: dict[str, Any], on_progress: OnProgress | None) -> Findings:
    if study == "depth":
        from wordlab.vision_theory.vision.studies.depth_findings import DepthStudy
        from wordlab.vision_theory.vision.studies.depth_study import run_depth_study

        return run_depth_study(images, DepthStudy(**choices), on_progress=on_progress)
    from wordlab.vision_theory.vision.studies.batch_norm_findings import BatchNormStudy
    from wordlab.vision_theory.vision.studies.batch_norm_study import run_batch_norm_study

    return run_batch_norm_study(images, BatchNormStudy(**choices), on_progress=on_progress)
