"""Learn word vectors from a Corpus: skip-gram, CBOW and GloVe in compiled kernels, or in torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cooccurrences": ["CooccurrenceConfig", "Cooccurrences"],
        "objectives.glove.config": ["GloveConfig"],
        "objectives.subwords.config": ["SubwordConfig"],
        "objectives.word2vec.config": ["Word2VecConfig"],
        "estimation": ["Estimate", "estimate"],
        "loop": ["train"],
        "presets": ["preset_config"],
        "objectives.word2vec.scoring": ["score_sentences"],
        "objectives.word2vec.torch_models": ["CBOW", "SkipGram"],
    },
)
