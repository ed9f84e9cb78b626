"""How gradients fare on their way back through a deep network, by activation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wordlab.checks import check_choice, check_number

ACTIVATIONS = ("sigmoid", "tanh", "relu")
INITIALS = ("small", "xavier", "he")


@dataclass(frozen=True, kw_only=True)
class DeepNet:
    """A fully connected network of equal layers: what gradients are sent back through."""

    activation: str = "tanh"
    """What each layer applies to its sums."""
    depth: int = 20
    """Layers."""
    width: int = 64
    """Units in a layer, and numbers in an input."""
    initial: str = "xavier"
    """The standard deviation of the initial weights: `small` is 0.01, `xavier` sqrt(1 / width)
    (Glorot and Bengio 2010), `he` sqrt(2 / width) (He et al. 2015)."""
    seed: int = 1
    """Seed of inputs, weights and targets."""

    def __post_init__(self) -> None:
        check_choice(self, "activation", ACTIVATIONS)
        check_choice(self, "initial", INITIALS)
        check_number(self, "depth", int, 1, 1_000)
        check_number(self, "width", int, 1, 2_048)
        check_number(self, "seed", int, 0, 2**63 - 1)

    @property
    def standard_deviation(self) -> float:
        """That of the initial weights."""
        return float({"small": 0.01, "xavier": self.width**-0.5, "he": (2 / self.width) ** 0.5}[self.initial])


@dataclass(frozen=True)
class LayerNorms:
    """For each layer, the first one first, what went forward and what came back; (depth,) each."""

    activations: np.ndarray
    """Standard deviation of the outputs."""
    gradients: np.ndarray
    """Norm of the gradient of the loss by the layer's weights."""

    @property
    def ratio(self) -> float:
        """The first layer's gradient over the last one's: near 0 it vanishes, large it explodes."""
        return float(self.gradients[0] / self.gradients[-1]) if self.gradients[-1] else 0.0

    @property
    def sentence(self) -> str:
        """What became of gradients and outputs."""
        if self.ratio < 1e-3:
            return f"the gradient vanishes: the first layer has {self.ratio:.2g} of the last one's"
        if self.ratio > 1e3:
            return f"the gradient explodes: the first layer has {self.ratio:.2g} times the last one's"
        shrunk = self.activations[-1] / self.activations[0]
        if shrunk < 1e-2:
            return f"the outputs fade, to {shrunk:.2g} of the first layer's, and all gradients with them"
        return f"the gradient survives: the first layer has {self.ratio:.2g} times the last one's"


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
