"""The labelled texts that the benchmarks share: IMDb, MR, SST-2 and Waimai, from WORDLAB_DATA.

Every loader gives training and test texts; the texts for choosing settings are cut from the training
texts, never from the test texts.
"""

from __future__ import annotations

from collections.abc import Iterator

from sklearn.model_selection import StratifiedKFold
from wiki import data_directory

from wordlab.sentiment import LabelledTexts, read_labelled, stratified_split

DATASETS = ("imdb", "mr", "sst2", "waimai")
NUM_FOLDS = 10
_WAIMAI_TEST_SHARE = 0.2
_WAIMAI_SEED = 1


def load(dataset: str) -> tuple[LabelledTexts, LabelledTexts]:
    """Training and test texts of `dataset`; for MR, which has no split of its own, the first of ten folds.

    SST-2's development sentences are left out (see `load_validation`). Waimai has no split either: a
    stratified fifth is its test set.
    """
    directory = data_directory()
    if dataset == "imdb":
        return read_labelled(directory / "imdb/train.tsv.gz"), read_labelled(directory / "imdb/test.tsv.gz")
    if dataset == "sst2":
        return (
            read_labelled(directory / "sst2/stsa.binary.train"),
            read_labelled(directory / "sst2/stsa.binary.test"),
        )
    if dataset == "waimai":
        reviews = read_labelled(directory / "waimai/waimai_10k.csv")
        return stratified_split(reviews, _WAIMAI_TEST_SHARE, seed=_WAIMAI_SEED)
    if dataset == "mr":
        return next(folds())
    raise ValueError(f"expected one of {', '.join(DATASETS)}, found {dataset!r}")


def load_validation(dataset: str, seed: int = 1) -> tuple[LabelledTexts, LabelledTexts]:
    """Texts to train on and texts to choose a setting by, none of which is a test text."""
    train, _ = load(dataset)
    if dataset == "sst2":
        return train, read_labelled(data_directory() / "sst2/stsa.binary.dev")
    return stratified_split(train, 0.2 if dataset == "imdb" else 0.1, seed=seed)


def folds(seed: int = 1) -> Iterator[tuple[LabelledTexts, LabelledTexts]]:
    """Training and test texts of each of MR's ten folds, stratified and shuffled with `seed`."""
    data = read_labelled(data_directory() / "mr/rt-polarity.all", encoding="latin-1")
    splitter = StratifiedKFold(NUM_FOLDS, shuffle=True, random_state=seed)
    for train, test in splitter.split(data.texts, data.labels):
        yield data.take(train.tolist()), data.take(test.tolist())
