"""Text classification on word vectors: read labelled texts, train, judge, compare."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "base": ["TextModel", "load_classifier"],
        "data.labelled": ["DataReport", "LabelledTexts", "inspect", "stratified_split"],
        "data.reading": ["read_labelled", "read_texts"],
        "estimator": ["TextClassifier"],
        "features.tally": ["Tally"],
        "features.transformer": ["WordVectorsTransformer"],
        "judging.comparison": ["compare", "cross_validate"],
        "judging.cross_validation": ["choose_folds", "given_folds"],
        "judging.judge": ["evaluate"],
        "judging.labelling.files": ["label_file"],
        "models.baseline_config": ["BaselineConfig"],
        "models.baseline_model": ["BaselineModel", "train_baseline"],
        "models.classifier": ["Classifier"],
        "models.config": ["ClassifierConfig"],
        "models.mean_vectors": ["MeanVectorsClassifier"],
        "models.nbsvm": ["NBSVM"],
        "models.tfidf": ["TfidfClassifier"],
        "training.loop": ["train"],
    },
)
