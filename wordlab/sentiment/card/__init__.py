"""The model card of a classifier."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "contents": ["ClassifierCard", "classifier_card"],
        "judged": ["Judged", "of_held_out", "of_test"],
    },
)
