"""Model cards: what a card says, as Markdown with the Hub's header and as one page of HTML."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["CardConfig"],
        "document": ["Card", "Code", "Facts", "Items", "Metric", "Picture", "Section", "Table", "Text"],
        "markdown": ["to_markdown"],
        "page": ["DrawnPicture", "to_html"],
    },
)
