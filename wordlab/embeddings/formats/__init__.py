"""Foreign files of vectors: one module a format, and `read_vectors` and `write_vectors` on top."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "dispatch": ["DETECTED_FORMATS", "read_vectors", "write_vectors"],
        "names": ["DUPLICATE_POLICIES", "FORMATS"],
        "reading": ["ReadOptions"],
        "word_lists": ["read_word_list", "wanted_words"],
    },
)
