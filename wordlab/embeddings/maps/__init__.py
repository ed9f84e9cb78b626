"""Maps: where the words of a whole set lie in the plane, made once and kept."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "cache": ["kept_map"],
        "config": ["MapConfig", "choose_method"],
        "making": ["make_map"],
        "value": ["WordMap"],
    },
)
