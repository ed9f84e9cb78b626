"""The separate wing: batch normalisation, residual networks, and the theory of optimisation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["optimisers", "schedules"],
    submod_attrs={
        "batch_norm": ["BatchNorm"],
        "classifier": ["ImageClassifier"],
        "config": ["VisionConfig"],
        "convexity": ["check_convexity", "jensen_gap"],
        "critical_points": ["critical_points"],
        "descent": ["descend"],
        "expressions": ["parse"],
        "functions": ["LANDSCAPES", "Landscape", "landscape"],
        "images": ["load_images"],
        "lenet": ["LeNet"],
        "residual": ["ResidualBlock"],
        "resnet": ["ResNet", "resnet18", "small_resnet"],
        "standardisation": ["Standardisation"],
        "training": ["train"],
        "vanishing": ["DeepNet", "layer_norms"],
    },
)
