"""Text classification on word vectors: read labelled texts, train, judge, compare."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "baseline_config": ["BaselineConfig"],
        "baseline_model": ["BaselineModel", "train_baseline"],
        "baselines": ["NBSVM", "MeanVectorsClassifier", "TfidfClassifier"],
        "classifier": ["Classifier"],
        "comparison": ["compare"],
        "config": ["ClassifierConfig"],
        "data": ["DataReport", "LabelledTexts", "inspect", "stratified_split"],
        "estimator": ["TextClassifier"],
        "evaluation": ["evaluate"],
        "loading": ["load_classifier"],
        "reading": ["read_labelled"],
        "training": ["train"],
        "transformer": ["WordVectorsTransformer"],
    },
)
