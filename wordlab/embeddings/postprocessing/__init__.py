"""Vectors changed after training: centred, without common directions, in fewer dimensions, retrofitted."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["PostprocessConfig"],
        "lexicon": ["Lexicon", "read_lexicon"],
        "retrofitting": ["retrofit"],
        "steps": ["Postprocessed", "postprocess"],
    },
)
