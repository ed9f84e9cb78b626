"""Why deep networks train: standardisation, batch normalisation, residual networks, optimisation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["optimisers", "schedules"],
    submod_attrs={
        "batch_norm": ["BatchNorm"],
        "convexity": ["check_convexity", "jensen_gap"],
        "critical_points": ["critical_points"],
        "descent": ["descend"],
        "expressions": ["parse"],
        "functions": ["LANDSCAPES", "Landscape", "landscape"],
        "vanishing": ["DeepNet", "layer_norms"],
    },
)
