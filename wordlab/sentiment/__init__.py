"""Text classification on word vectors: read labelled texts, train, judge, compare."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "models.baseline_config": ["BaselineConfig"],
        "models.baseline_model": ["BaselineModel", "train_baseline"],
        "models.baselines": ["NBSVM", "MeanVectorsClassifier", "TfidfClassifier"],
        "models.classifier": ["Classifier"],
        "judging.comparison": ["compare"],
        "models.config": ["ClassifierConfig"],
        "data.labelled": ["DataReport", "LabelledTexts", "inspect", "stratified_split"],
        "estimator": ["TextClassifier"],
        "judging.judge": ["evaluate"],
        "loading": ["load_classifier"],
        "data.reading": ["read_labelled"],
        "training.loop": ["train"],
        "features.transformer": ["WordVectorsTransformer"],
    },
)
