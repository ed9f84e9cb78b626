"""Why deep networks train: standardisation, batch normalisation, residual networks, optimisation."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "batch_norm": ["BatchNorm"],
        "classifier": ["ImageClassifier"],
        "config": ["VisionConfig"],
        "images": ["load_images"],
        "lenet": ["LeNet"],
        "residual": ["ResidualBlock"],
        "resnet": ["ResNet", "resnet18", "small_resnet"],
        "standardisation": ["Standardisation"],
        "training": ["train"],
    },
)
