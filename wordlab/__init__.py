"""wordlab: from raw text to evaluated word vectors.

The public names are loaded when they are first used; importing wordlab loads no heavy library.
"""

from typing import Any

import lazy_loader

_load, _names, __all__ = lazy_loader.attach(
    __name__,
    submodules=["embeddings", "text", "training"],
    submod_attrs={
        "embeddings": ["WordVectors"],
        "errors": ["WordlabError"],
        "text": ["Corpus", "Vocabulary"],
        "training": ["Word2VecConfig", "train"],
    },
)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("wordlab")
    return _load(name)


def __dir__() -> list[str]:
    return [*_names(), "__version__"]
