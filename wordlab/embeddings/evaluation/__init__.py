"""Scores of word vectors on test sets of several kinds, each with its coverage and policy."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "analogy": ["evaluate_analogies"],
        "analogy_scores": ["AnalogyResult", "AnalogyScore"],
        "categories": ["CategoryResult", "evaluate_categories"],
        "comparison": ["VectorComparison", "compare_vectors"],
        "outliers": ["OutlierResult", "OutlierScore", "evaluate_outliers"],
        "suite": ["Evaluation", "evaluate"],
        "weat": ["AssociationTest", "association_test"],
        "similarity": ["SimilarityResult", "evaluate_similarity"],
    },
)
