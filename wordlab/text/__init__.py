"""Raw text to Corpus: sources, tokenizers, vocabulary, subsampling."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "corpus": ["Corpus"],
        "subsampling": ["keep_probabilities"],
        "subsampling_effect": ["SubsamplingReport", "subsampling_report"],
        "tokenizers": ["Tokenizer"],
        "vocabulary": ["Vocabulary"],
    },
)
