"""What is unusual about a set of vectors: their directions, lengths, neighbours, rows and words."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "config": ["DiagnosisConfig"],
        "diagnosing": ["Diagnosis", "diagnose"],
        "findings": ["Finding"],
        "isotropy": ["Isotropy", "iso_score"],
    },
)
