"""Learn word vectors from a Corpus: skip-gram and CBOW in compiled kernels, or in torch."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["Word2VecConfig"],
        "estimation": ["Estimate", "estimate"],
        "training": ["train"],
        "scoring": ["score_sentences"],
        "torch_models": ["CBOW", "SkipGram"],
        "torch_training": ["train_torch"],
    },
)
