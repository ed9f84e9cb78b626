"""Word vectors as values: hold, query, read, write, judge."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["evaluation", "formats", "pretrained"],
    submod_attrs={
        "answers": ["Neighbour"],
        "beside": ["side_by_side"],
        "formats": ["read_vectors", "write_vectors"],
        "pretrained": ["load_pretrained", "pretrained_sets"],
        "vectors": ["WordVectors"],
    },
)
