"""Text classification on top of word vectors: BiRNN and TextCNN."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["Classifier"],
        "config": ["ClassifierConfig"],
        "estimator": ["TextClassifier"],
        "training": ["train"],
    },
)
