"""Co-occurrence counts: how often words stand near each other, as a table on disk."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["CooccurrenceConfig"],
        "table": ["Cooccurrences", "Pair"],
    },
)
