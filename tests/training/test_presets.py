"""Presets: what they hold, and that they are nothing but options."""

import pytest

from wordlab.errors import ConfigError
from wordlab.training import SubwordConfig, preset_config
from wordlab.training.presets import PRESETS


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_fasttext_has_the_defaults_of_fasttext(model):
    """args.cc: all of them, also those that are wordlab's own."""
    config = preset_config("fasttext", model=model)
    assert isinstance(config, SubwordConfig)
    expected = {
        "loss": "negative", "dim": 100, "window": 5, "epochs": 5, "negative": 5, "learning_rate": 0.05,
        "min_learning_rate": 0.0, "min_ngram": 3, "max_ngram": 6, "buckets": 2_000_000, "subsample": 1e-4,
        "subsample_form": "fasttext", "ns_exponent": 0.5, "line_end": True, "cbow_mean": True,
        "shrink_windows": True, "position_weights": False,
    }  # fmt: skip
    assert {name: getattr(config, name) for name in expected} == expected


def test_the_package_agrees():
    defaults = pytest.importorskip("fasttext").FastText.unsupervised_default
    config = preset_config("fasttext")
    for theirs, ours in {
        "lr": "learning_rate", "dim": "dim", "ws": "window", "epoch": "epochs", "neg": "negative",
        "minn": "min_ngram", "maxn": "max_ngram", "bucket": "buckets", "t": "subsample", "model": "model",
    }.items():  # fmt: skip
        assert defaults[theirs] == getattr(config, ours), theirs


def test_options_win():
    config = preset_config("fasttext", ns_exponent=0.75, line_end=False, learning_rate=0.1, dim=7)
    assert (config.ns_exponent, config.line_end, config.learning_rate, config.dim) == (0.75, False, 0.1, 7)
    assert config.subsample_form == "fasttext"


@pytest.mark.parametrize(
    ("name", "end"), [("floret", ""), ("FastTex", "; did you mean 'fasttext'?"), ("", "")]
)
def test_an_unknown_name(name, end):
    with pytest.raises(ConfigError) as error:
        preset_config(name)
    assert str(error.value) == f"preset: expected one of fasttext, found {name!r}{end}"


def test_what_the_config_refuses_is_refused():
    with pytest.raises(ConfigError, match="dim: expected a whole number from 1 to 10000, found 0"):
        preset_config("fasttext", dim=0)


def test_a_new_preset_is_a_line(monkeypatch):
    monkeypatch.setitem(PRESETS, "small", {"objective": "word2vec", "dim": 10, "cbow_mean": False})
    config = preset_config("small", epochs=1)
    assert (config.objective, config.dim, config.cbow_mean, config.epochs) == ("word2vec", 10, False, 1)
