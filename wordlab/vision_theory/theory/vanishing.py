"""What becomes of gradients on their way back through a deep network, by activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.vision_theory.theory.deep_net import DeepNet


@dataclass(frozen=True)
class LayerNorms:
    """For each layer, from the first to the last, what went forward and what came back; (depth,) each."""

    activations: np.ndarray
    """Standard deviation of the outputs."""
    gradients: np.ndarray
    """Norm of the gradient of the loss by the layer's weights."""

    @property
    def ratio(self) -> float:
        """The first layer's gradient over the last one's: near 0 it vanishes, far above 1 it explodes."""
        return float(self.gradients[0] / self.gradients[-1]) if self.gradients[-1] else 0.0

    @property
    def fading(self) -> float:
        """The spread of the last layer's outputs as a share of the first layer's."""
        return float(self.activations[-1] / self.activations[0])

    @property
    def outcome(self) -> str:
        """`vanishing` or `exploding` gradients, `fading` outputs, or `surviving` gradients."""
        if self.ratio < 1e-3:
            return "vanishing"
        if self.ratio > 1e3:
            return "exploding"
        return "fading" if self.fading < 1e-2 else "surviving"


def activate(name: str, z: np.ndarray) -> np.ndarray:
    """The activation of the sums `z`, elementwise."""
    if name == "relu":
        return np.asarray(np.maximum(z, 0.0))
    # The sigmoid by tanh, which cannot overflow.
    return np.asarray(np.tanh(z) if name == "tanh" else (1 + np.tanh(z / 2)) / 2)


def derivative(name: str, z: np.ndarray) -> np.ndarray:
    """The derivative of the activation at the sums `z`; for relu at 0 it is 0, as in torch."""
    if name == "relu":
        return (z > 0).astype(np.float64)
    out = activate(name, z)
    return 1 - out**2 if name == "tanh" else out * (1 - out)


def inputs_and_weights(net: DeepNet, *, batch_size: int = 32) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal inputs and targets (batch_size, width), and weights (depth, width, width)."""
    rng = np.random.default_rng(net.seed)
    inputs, targets = rng.normal(size=(2, batch_size, net.width))
    return inputs, rng.normal(0.0, net.standard_deviation, size=(net.depth, net.width, net.width)), targets


def layer_norms(net: DeepNet) -> LayerNorms:
    """One pass forward and one back, written out.

    Forward: z = W h, h' = a(z). The loss is the mean over the batch of |h - target|**2 / 2. Back:
    dz = a'(z) * dh, dW = dz h^T, dh = W^T dz: a factor of a'(z) and one of W at each layer.
    """
    inputs, weights, targets = inputs_and_weights(net)
    states, sums = [inputs], []
    for layer in weights:
        sums.append(states[-1] @ layer.T)  # (batch_size, width)
        states.append(activate(net.activation, sums[-1]))  # (batch_size, width)
    back = (states[-1] - targets) / len(inputs)  # (batch_size, width)
    gradients = np.zeros(net.depth)
    for i in reversed(range(net.depth)):
        back = back * derivative(net.activation, sums[i])  # (batch_size, width)
        gradients[i] = np.linalg.norm(back.T @ states[i])  # of the (width, width) matrix
        back = back @ weights[i]  # (batch_size, width)
    return LayerNorms(np.array([state.std() for state in states[1:]]), gradients)
