"""The separate wing: image classifiers in `vision`, and the theory of optimisation in `theory`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "theory": ["optimisers", "schedules"],
        "theory.convexity": ["check_convexity", "jensen_gap"],
        "theory.critical_points": ["critical_points"],
        "theory.descent": ["descend"],
        "theory.parsing": ["parse"],
        "theory.functions": ["LANDSCAPES", "Landscape", "landscape"],
        "theory.vanishing": ["DeepNet", "layer_norms"],
        "vision.classifier": ["ImageClassifier"],
        "vision.config": ["VisionConfig"],
        "vision.image_sources": ["load_images"],
        "vision.networks.batch_norm": ["BatchNorm"],
        "vision.networks.lenet": ["LeNet"],
        "vision.networks.residual": ["ResidualBlock"],
        "vision.networks.resnet": ["ResNet"],
        "vision.networks.resnet18": ["resnet18"],
        "vision.networks.small_resnet": ["small_resnet"],
        "vision.standardisation": ["Standardisation"],
        "vision.training": ["train"],
    },
)
