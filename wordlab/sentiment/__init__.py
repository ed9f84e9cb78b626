"""Text classification on word vectors: read labelled texts, train, judge, compare."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "base": ["TextModel", "load_classifier"],
        "data.labelled": ["DataReport", "LabelledTexts", "inspect", "stratified_split"],
        "data.reading": ["read_labelled", "read_texts"],
        "documents.encode": ["EncodedTexts", "encode_documents"],
        "documents.config": ["EncodingConfig"],
        "documents.reading": ["read_documents"],
        "documents.sts": ["StsResult", "evaluate_sts"],
        "documents.sts_files": ["read_sts"],
        "documents.vectors": ["DocumentVectors", "NearestText"],
        "estimator": ["TextClassifier"],
        "features.tally": ["Tally"],
        "features.vectorizer": ["WordVectorVectorizer"],
        "judging.auto": ["train_best"],
        "judging.comparison": ["compare"],
        "judging.judge": ["evaluate"],
        "models.baseline_config": ["BaselineConfig"],
        "models.baseline_model": ["BaselineModel", "train_baseline"],
        "models.classifier": ["Classifier"],
        "models.config": ["ClassifierConfig"],
        "models.linear.config": ["LinearConfig"],
        "models.linear.model": ["LinearModel"],
        "models.linear.training": ["train_linear"],
        "models.mean_vectors": ["MeanVectorsClassifier"],
        "models.nbsvm": ["NBSVM"],
        "models.paragraphs.config": ["ParagraphConfig"],
        "models.paragraphs.model": ["ParagraphModel"],
        "models.paragraphs.trainer": ["train_paragraphs"],
        "models.paragraphs.vectors": ["ParagraphVectors"],
        "models.tfidf": ["TfidfClassifier"],
        "training.loop": ["train"],
    },
)
