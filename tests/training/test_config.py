import pytest

from wordlab.errors import ConfigError
from wordlab.training import SubwordConfig, Word2VecConfig


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": "glove"}, "model: expected one of skipgram, cbow, found 'glove'"),
        ({"dim": 0}, "dim: expected a whole number from 1 to 10000, found 0"),
        ({"dim": 10.5}, "dim: expected a whole number from 1 to 10000, found 10.5"),
        ({"window": True}, "window: expected a whole number from 1 to 1000, found True"),
        ({"shards": 0}, "shards: expected a whole number from 1 to 64, found 0"),
        ({"shards": "8"}, "shards: expected a whole number from 1 to 64, found '8'"),
        ({"shards": 65}, "shards: expected a whole number from 1 to 64, found 65"),
        ({"learning_rate": float("nan")}, "learning_rate: expected a number from 0.0 to 10.0, found nan"),
        ({"learning_rate": 0.01, "min_learning_rate": 0.02},
         "min_learning_rate: expected at most the learning_rate 0.01, found 0.02"),
        ({"subsample": -1e-4}, "subsample: expected a number from 0.0 to 1.0, found -0.0001"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_by_name(options, message):
    with pytest.raises(ConfigError) as error:
        Word2VecConfig(**options)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("options", "rate"),
    [
        ({}, 0.025), ({"shards": 4}, 0.025), ({"shards": 5}, 0.03), ({"shards": 32}, 0.03),
        ({"shards": 8, "learning_rate": 0.025}, 0.025), ({"shards": 8, "deterministic": False}, 0.025),
        ({"shards": 8, "model": "cbow"}, 0.05), ({"shards": 8, "loss": "hierarchical"}, 0.025),
    ],
)  # fmt: skip
def test_learning_rates(options, rate):
    assert Word2VecConfig(**options).learning_rate == rate


def test_learning_rates_of_subwords():
    assert SubwordConfig(shards=8).learning_rate == 0.025
    assert SubwordConfig(shards=8, model="cbow").learning_rate == 0.1


def test_a_manifest_has_shards_or_racing_threads():
    """Of those that train together, threads change no byte; where they race, there are no shards."""
    together, racing = (Word2VecConfig(deterministic=value).to_dict() for value in (True, False))
    assert together.keys() - racing.keys() == {"shards"}
    assert racing.keys() - together.keys() == {"threads"}


def test_a_config_is_a_value():
    assert Word2VecConfig(dim=50) == Word2VecConfig(dim=50)
    assert Word2VecConfig(**Word2VecConfig(dim=50).to_dict()) == Word2VecConfig(dim=50)
    with pytest.raises(AttributeError):
        Word2VecConfig().dim = 3
