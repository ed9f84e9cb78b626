"""`wordlab vision compare`: the studies of batch normalisation and of depth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipelines import console, options
from pipelines.config_options import Numbers
from pipelines.plots.files import save_figure
from pipelines.vision.train import data_option
from wordlab import artifact

if TYPE_CHECKING:
    from wordlab.progress import OnProgress
    from wordlab.vision_theory.vision.batch_norm_study import BatchNormFindings
    from wordlab.vision_theory.vision.depth_study import DepthFindings
    from wordlab.vision_theory.vision.images import ImageData

STUDIES = ("batch-norm", "depth")
KIND = "vision-study"
FORMAT_VERSION = 1
PICTURE = "study.png"


@click.command("compare", cls=options.Command)
@click.option("--study", type=click.Choice(STUDIES), required=True, help="What is compared.")
@data_option
@options.output_option("results and the picture")
@click.option(
    "--seeds", type=int, default=3, show_default=True, metavar="N", help="Runs of each network, seeds 1 to N."
)
@click.option("--epochs", type=int, default=10, show_default=True, metavar="N", help="Epochs of each run.")
@click.option(
    "--max-images", type=int, default=None, metavar="N", show_default="10000 and 5000",
    help="Train on so many images at most, drawn at random.",
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
      wordlab vision compare --study depth --depths 8,20 --max-images 500 --threads 1 -o study/
    """
    other = {"batch-norm": "depths", "depth": "learning_rates"}[study]
    if choices[other]:
        raise click.UsageError(f"--{other.replace('_rates', '-rate')} does not go with --study {study}")
    artifact.check_output(output, overwrite=overwrite)
    from pipelines.plots import vision as plots
    from pipelines.reports import vision as reports
    from wordlab.vision_theory.vision.images import load_images

    given = {name: value for name, value in choices.items() if value not in (None, ())}
    images = load_images(data)
    with console.stopwatch() as taken, console.progress(quiet=quiet) as on_progress:
        findings = _run(study, images, given, on_progress)
    facts = findings.to_dict()
    with artifact.create(output, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
        draft.libraries.append("torch")
        draft.details.update({name: facts[name] for name in ("study", "data", "config", "seen")})
        draft.payload("results.json").write_text(json.dumps(facts, indent=1), encoding="utf-8")
        save_figure(plots.draw_study(findings), draft.payload(PICTURE))
    if as_json:
        console.print_json({"output": str(output), "picture": str(output / PICTURE), **taken, **facts})
        return
    reports.print_study(findings)
    console.line()
    for sentence in findings.sentences():
        console.line(sentence)
    console.line()
    console.print_facts({"picture": output / PICTURE, "time": console.duration(taken["seconds"])})


def _run(
    study: str, images: ImageData, choices: dict[str, Any], on_progress: OnProgress | None
) -> BatchNormFindings | DepthFindings:
    if study == "depth":
        from wordlab.vision_theory.vision.depth_study import DepthStudy, run_depth_study

        return run_depth_study(images, DepthStudy(**choices), on_progress=on_progress)
    from wordlab.vision_theory.vision.batch_norm_study import BatchNormStudy, run_batch_norm_study

    return run_batch_norm_study(images, BatchNormStudy(**choices), on_progress=on_progress)
