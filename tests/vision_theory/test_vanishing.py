import numpy as np
import pytest

from wordlab.errors import ConfigError
from wordlab.vision_theory.theory.deep_net import ACTIVATIONS, DeepNet
from wordlab.vision_theory.theory.vanishing import activate, derivative, layer_norms


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivatives(name):
    z = np.linspace(-6, 6, 100)  # 0 is not among them: there relu has a kink
    slope = (activate(name, z + 1e-6) - activate(name, z - 1e-6)) / 2e-6
    np.testing.assert_allclose(derivative(name, z), slope, atol=1e-8)


def test_by_hand():
    assert activate("sigmoid", np.array([0.0, 1e4, -1e4])) == pytest.approx([0.5, 1, 0])
    assert derivative("sigmoid", np.array(0.0)) == 0.25
    assert derivative("tanh", np.array(0.0)) == 1
    assert derivative("relu", np.array([-1.0, 0.0, 1.0])).tolist() == [0, 0, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_vanishes_and_what_does_not(seed):
    """Ratios, seeds 1 to 10: sigmoid 7e-13 to 1e-12, tanh 1.1 to 1.7 (xavier), relu 0.4 to 1.6 (he)."""

    def found(activation, initial):
        return layer_norms(DeepNet(activation=activation, initial=initial, seed=seed))

    assert found("sigmoid", "xavier").ratio < 1e-10
    assert found("sigmoid", "xavier").outcome == "vanishing"
    assert 0.5 < found("tanh", "xavier").ratio < 4
    assert found("tanh", "xavier").outcome == "surviving"
    assert 0.2 < found("relu", "he").ratio < 5
    assert found("relu", "he").outcome == "surviving"
    assert found("tanh", "small").outcome == "fading"
    assert found("tanh", "small").gradients.max() < 1e-15


def test_each_layer_of_sigmoids_shrinks_the_gradient():
    """a' is at most 1/4. The largest quotient of neighbours for seeds 1 to 10 is 0.33."""
    gradients = layer_norms(DeepNet(activation="sigmoid")).gradients
    assert (gradients[:-1] < 0.5 * gradients[1:]).all()


def test_errors():
    with pytest.raises(ConfigError, match="activation: expected one of sigmoid, tanh, relu, found 'gelu'"):
        DeepNet(activation="gelu")
    with pytest.raises(ConfigError, match="depth: expected a whole number from 1 to 1000, found 0"):
        DeepNet(depth=0)
