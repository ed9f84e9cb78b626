"""Gradients of deep networks, written out, against torch's autograd."""

import numpy as np
import pytest

from wordlab.vision_theory.theory.deep_net import ACTIVATIONS, INITIALS, DeepNet
from wordlab.vision_theory.theory.vanishing import inputs_and_weights, layer_norms

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("initial", INITIALS)
def test_norms_equal_autograds(activation, initial):
    net = DeepNet(activation=activation, initial=initial, depth=12, width=20)
    inputs, weights, targets = (torch.from_numpy(array) for array in inputs_and_weights(net))
    layers = [layer.clone().requires_grad_() for layer in weights]
    state, spreads = inputs, []
    for layer in layers:
        state = getattr(torch, activation)(state @ layer.T)  # (batch_size, width)
        spreads.append(state.detach().std(correction=0).item())
    (((state - targets) ** 2).sum(dim=1) / 2).mean().backward()
    found = layer_norms(net)
    np.testing.assert_allclose(found.gradients, [layer.grad.norm().item() for layer in layers], rtol=1e-10)
    np.testing.assert_allclose(found.activations, spreads, rtol=1e-10)
