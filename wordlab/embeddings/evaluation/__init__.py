"""Scores of word vectors on similarity and analogies, each with its coverage and policy."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "analogy": ["AnalogyResult", "AnalogyScore", "evaluate_analogies"],
        "comparison": ["VectorComparison", "compare_vectors"],
        "suite": ["Evaluation", "evaluate"],
        "weat": ["AssociationTest", "association_test"],
        "similarity": ["SimilarityResult", "evaluate_similarity"],
    },
)
