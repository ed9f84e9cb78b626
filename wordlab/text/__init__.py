"""Raw text to Corpus: sources, tokenizers, vocabulary, subsampling."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "corpus": ["Corpus"],
        "subsampling": ["SubsamplingReport", "keep_probabilities", "subsampling_report"],
        "tokenizers": ["Tokenizer"],
        "vocabulary": ["Vocabulary"],
    },
)
