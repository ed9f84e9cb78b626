"""The handwritten digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np

from wordlab.vision_theory.vision.images import ImageData, Images

_TEST_SHARE = 0.2
_SPLIT_SEED = 0  # the split is part of the data: it does not depend on the seed of training


def read_digits() -> ImageData:
    """The 1,797 digits of 8x8 pixels: 1,437 to train on, 360 to test with.

    A fifth of each class is for testing, drawn with a fixed seed.
    """
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    pixels = digits.images[:, None].astype(np.uint8)  # (1797, 1, 8, 8), values from 0 to 16
    labels = digits.target.astype(np.int64)  # (1797,)
    train, test = train_test_split(
        np.arange(len(labels)), test_size=_TEST_SHARE, stratify=labels, random_state=_SPLIT_SEED
    )
    return ImageData(
        "digits",
        Images(pixels[train], labels[train]),
        Images(pixels[test], labels[test]),
        tuple(str(name) for name in digits.target_names),
        mirrored=False,
    )
