"""Raw text to Corpus: sources, tokenizers, vocabulary, phrases, subsampling."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "corpus": ["Corpus"],
        "phrases.config": ["ENGLISH_CONNECTOR_WORDS", "PhraseConfig"],
        "phrases.value": ["Phrases"],
        "subsampling": ["keep_probabilities"],
        "subsampling_effect": ["SubsamplingReport", "subsampling_report"],
        "tokenizers": ["Tokenizer"],
        "vocabulary": ["Vocabulary"],
    },
)
