"""`wordlab theory batches`: stochastic gradient descent, by the size of the batch."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs
from wordlab.errors import ConfigError


@click.command("batches", cls=options.Command)
@click.option(
    "--batch-size", type=int, multiple=True, default=(1, 10, 100, 1000), show_default=True,
    metavar="N", help="Examples in a batch; several are compared.",
)  # fmt: skip
@click.option("--learning-rate", type=float, default=0.1, show_default=True, metavar="X", help="Step size.")
@click.option(
    "--epochs", type=int, default=5, show_default=True, metavar="N", help="Passes over the examples."
)
@options.seed_option("the examples and their order")
@inputs.plot_option("the excess loss by epoch, and the gradient error by batch size")
@inputs.overwrite_option
@options.json_option
def batches(
    batch_size: tuple[int, ...],
    learning_rate: float,
    epochs: int,
    seed: int,
    plot: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Fit a linear regression to 1,000 synthetic examples with mini-batches of several sizes.

    Small batches take many steps with rough gradients, large ones a few steps with accurate ones.

    \b
    Example:
      wordlab theory batches --batch-size 1 --batch-size 100 --epochs 3 --plot batches.png
    """
    from pipelines.plots.files import check_picture, save_figure

    check_picture(plot, overwrite=overwrite)
    if not 1 <= epochs <= 1_000:
        raise ConfigError(f"epochs: expected a whole number from 1 to 1000, found {epochs}")
    from wordlab.vision_theory.theory.batch_sizes import study_batches
    from wordlab.vision_theory.theory.regression import synthetic_regression

    regression = synthetic_regression(seed=seed)
    studies = [
        study_batches(regression, batch_size=size, learning_rate=learning_rate, num_epochs=epochs, seed=seed)
        for size in batch_size
    ]
    if plot is not None:
        from pipelines.plots.theory.batches import draw_batches

        save_figure(draw_batches(studies, learning_rate), plot, overwrite=overwrite)
    facts = {
        "num_examples": len(regression.targets),
        "learning_rate": learning_rate,
        "num_epochs": epochs,
        "seed": seed,
        "studies": [
            {
                "batch_size": study.batch_size,
                "num_steps": study.num_steps,
                "gradient_error": study.gradient_error,
                "excess_losses": study.losses.tolist(),
                "diverged": len(study.losses) <= epochs,
            }
            for study in studies
        ],
        "plot": plot and str(plot),
    }
    if as_json:
        console.print_json(facts)
    else:
        reports.print_batches(facts)
