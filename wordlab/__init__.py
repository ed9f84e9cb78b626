"""wordlab: from raw text to evaluated word vectors.

The public names are loaded when they are first used; importing wordlab loads no heavy library.
"""

from importlib.metadata import version

import lazy_loader

__version__ = version("wordlab")

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["embeddings", "text", "training"],
    submod_attrs={
        "embeddings": ["WordVectors"],
        "errors": ["WordlabError"],
        "text": ["Corpus", "Vocabulary"],
        "training": ["Word2VecConfig", "train"],
    },
)
