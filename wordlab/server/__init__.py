"""Word vectors and classifiers over HTTP: routes of our own, OpenAI's and text-embeddings-inference's."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "app": ["create_app"],
        "config": ["ServerConfig"],
        "places": ["Places"],
        "run": ["serve"],
    },
)
