"""Rules that take a point downhill, each in a file of its own, written to be read.

A rule has a `learning_rate`, which schedules may change between steps, and a method
`step(x, function)` that returns the next point. It keeps what it remembers between steps itself, so a
rule serves one descent.
"""

import lazy_loader

from wordlab.vision_theory.theory.optimisers.names import RULES

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "names": ["make_rule"],
        "rule": ["Differentiable", "Optimiser"],
        **{
            file: sorted({entry.rule for entry in RULES.values() if entry.file == file})
            for file in sorted({entry.file for entry in RULES.values()})
        },
    },
)
