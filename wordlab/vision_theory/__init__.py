"""The separate wing: batch normalisation, residual networks, and the theory of optimisation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "theory": ["optimisers", "schedules"],
        "theory.convexity": ["check_convexity", "jensen_gap"],
        "theory.critical_points": ["critical_points"],
        "theory.descent": ["descend"],
        "theory.expressions": ["parse"],
        "theory.functions": ["LANDSCAPES", "Landscape", "landscape"],
        "theory.vanishing": ["DeepNet", "layer_norms"],
        "vision.batch_norm": ["BatchNorm"],
        "vision.classifier": ["ImageClassifier"],
        "vision.config": ["VisionConfig"],
        "vision.images": ["load_images"],
        "vision.lenet": ["LeNet"],
        "vision.residual": ["ResidualBlock"],
        "vision.resnet": ["ResNet", "resnet18", "small_resnet"],
        "vision.standardisation": ["Standardisation"],
        "vision.training": ["train"],
    },
)
