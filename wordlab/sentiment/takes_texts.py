"""TakesTexts: what scikit-learn must know of an estimator whose input is a list of texts."""

from __future__ import annotations

from typing import Any, ClassVar

from sklearn.utils.metadata_routing import UNUSED

_NOT_ROUTED = {"texts": UNUSED}


class TakesTexts:
    """The first base of an estimator of texts: its rows are strings, and there are no columns to count."""

    # the input under another name than X is no parameter to be routed
    __metadata_request__fit: ClassVar = _NOT_ROUTED
    __metadata_request__predict: ClassVar = _NOT_ROUTED
    __metadata_request__predict_proba: ClassVar = _NOT_ROUTED
    __metadata_request__decision_function: ClassVar = _NOT_ROUTED
    __metadata_request__transform: ClassVar = _NOT_ROUTED

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        if tags.transformer_tags is not None:
            tags.transformer_tags.preserves_dtype = ["float32"]  # as which vectors come
        return tags
