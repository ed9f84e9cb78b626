"""The model card of a set of vectors."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "contents": ["VectorsCard", "vectors_card"],
        "scores": ["CardScore", "card_scores"],
        "speed": ["QuerySpeed", "measure_speed"],
    },
)
