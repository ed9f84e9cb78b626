import json

import pytest

from wordlab.errors import ConfigError
from wordlab.schema import config_from
from wordlab.sentiment import ClassifierConfig


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "bert"}, "model: expected one of textcnn, birnn, found 'bert'"),
        ({"unknown": "skip"}, "unknown: expected one of zero, mean, random, subword, found 'skip'"),
        ({"epochs": 0}, "epochs: expected a whole number from 1 to 1000000, found 0"),
        ({"dropout": 1.0}, "dropout: expected a number from 0.0 to 0.99, found 1.0"),
        ({"kernel_widths": ()}, "kernel_widths: expected whole numbers from 1 to 1000, found ()"),
        ({"kernel_widths": (3, 3)}, "kernel_widths: expected each width once, found (3, 3)"),
        (
            {"num_channels": (1, True)},
            "num_channels: expected whole numbers from 1 to 100000, found (1, True)",
        ),
        (
            {"num_channels": (4, 5)},
            "num_channels: expected one number, or one for each of 3 widths, found (4, 5)",
        ),
    ],
)
def test_a_field_that_makes_no_sense_is_named(fields, message):
    with pytest.raises(ConfigError) as caught:
        ClassifierConfig(**fields)
    assert str(caught.value) == message


def test_what_follows_from_other_fields():
    assert ClassifierConfig(optimizer="adadelta").learning_rate == 1.0
    assert ClassifierConfig(kernel_widths=[2, 4], num_channels=7).num_channels == (7, 7)


def test_a_config_survives_its_manifest():
    config = ClassifierConfig(model="birnn", kernel_widths=(2,), seed=9)
    fields = json.loads(json.dumps(config.to_dict()))
    assert config_from(fields, ClassifierConfig, "x") == config
    del fields["seed"]  # as if it were new since
    assert config_from(fields, ClassifierConfig, "x").seed == ClassifierConfig().seed
