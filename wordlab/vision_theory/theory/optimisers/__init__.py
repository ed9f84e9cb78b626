"""Rules that take a point downhill, each in a file of its own, written to be read.

A rule has a `learning_rate`, which schedules may change between steps, and a method
`step(x, function)` that returns the next point. What it remembers between steps it keeps itself, so a
rule serves one descent.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "adadelta": ["AdaDelta"],
        "adagrad": ["AdaGrad"],
        "adam": ["Adam", "AdamW"],
        "backtracking": ["Backtracking"],
        "gradient_descent": ["GradientDescent"],
        "momentum": ["Momentum", "Nesterov"],
        "newton": ["Newton"],
        "rmsprop": ["RMSProp"],
        "rule": ["Differentiable", "Optimiser"],
    },
)
