"""Text classification on word vectors: read labelled texts, train, judge, compare."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "classifier": ["Classifier"],
        "config": ["ClassifierConfig"],
        "data": ["DataReport", "LabelledTexts", "inspect", "stratified_split"],
        "estimator": ["TextClassifier"],
        "reading": ["read_labelled"],
        "training": ["train"],
    },
)
