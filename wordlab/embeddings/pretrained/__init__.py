"""Pretrained vectors by name: from an installed package, a local cache, or a download."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "catalogue": ["PretrainedSet", "find_set", "pretrained_sets"],
        "char_ngrams": ["CharNGrams"],
        "loading": ["find_origin", "load_pretrained"],
        "torchtext_sets": ["from_torchtext", "read_with_torchtext", "to_torchtext"],
    },
)
