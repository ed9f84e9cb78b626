"""`wordlab theory vanishing`: what remains of gradients on their way back through a deep network."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines import console, options
from pipelines.reports import theory as reports
from pipelines.theory import inputs
from wordlab.vision_theory.theory.deep_net import ACTIVATIONS, INITIALS, DeepNet


@click.command("vanishing", cls=options.Command)
@click.option(
    "--activation", type=click.Choice(ACTIVATIONS), multiple=True, default=ACTIVATIONS,
    show_default=True, help="What each layer applies; several are compared.",
)  # fmt: skip
@click.option("--depth", type=int, default=20, show_default=True, metavar="N", help="Layers.")
@click.option("--width", type=int, default=64, show_default=True, metavar="N", help="Units in a layer.")
@click.option(
    "--initial", type=click.Choice(tuple(INITIALS)), default="xavier", show_default=True,
    help="Standard deviation of the initial weights: 0.01, root of 1/width, root of 2/width.",
)  # fmt: skip
@options.seed_option("inputs, weights and targets")
@inputs.plot_option("activations, their derivatives, and gradients by layer")
@inputs.overwrite_option
@options.json_option
def vanishing(
    activation: tuple[str, ...],
    depth: int,
    width: int,
    initial: str,
    seed: int,
    plot: Path | None,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Send gradients back through a deep network and measure them layer by layer.

    \b
    Example:
      wordlab theory vanishing --activation tanh --plot vanishing.png
      wordlab theory vanishing --activation sigmoid --activation relu --depth 10 --initial he
    """
    from pipelines.plots.files import check_picture, save_figure

    check_picture(plot, overwrite=overwrite)
    from wordlab.vision_theory.theory.vanishing import layer_norms

    nets = [
        DeepNet(activation=name, depth=depth, width=width, initial=initial, seed=seed)
        for name in dict.fromkeys(activation)
    ]
    norms = {net.activation: layer_norms(net) for net in nets}
    if plot is not None:
        from pipelines.plots.theory.vanishing import draw_vanishing

        save_figure(draw_vanishing(norms, initial), plot, overwrite=overwrite)
    facts = {
        "depth": depth,
        "width": width,
        "initial": initial,
        "seed": seed,
        "activations": [
            {
                "activation": name,
                "sentence": reports.gradient_remark(found),
                "ratio": found.ratio,
                "gradients": found.gradients.tolist(),
                "outputs": found.activations.tolist(),
            }
            for name, found in norms.items()
        ],
        "plot": plot and str(plot),
    }
    if as_json:
        console.print_json(facts)
    else:
        reports.print_vanishing(facts)
