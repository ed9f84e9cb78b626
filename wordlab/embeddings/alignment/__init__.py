"""Two sets of vectors in one space: turned onto each other, words found in the other, words that changed."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["AlignConfig"],
        "procrustes": ["Alignment", "align"],
        "shifts": ["Shift", "Shifts", "shifted_words"],
    },
)
