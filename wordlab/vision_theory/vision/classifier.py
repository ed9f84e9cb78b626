"""ImageClassifier: a trained network with all it needs to classify pixels, as a value and as an artefact."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wordlab import artifact
from wordlab.checkpoint import read_state, write_state, write_tensors
from wordlab.errors import ArtifactError, ConfigError
from wordlab.extras import need
from wordlab.vision_theory.vision.config import VisionConfig
from wordlab.vision_theory.vision.images import ImageData, Images, check_fits
from wordlab.vision_theory.vision.networks.building import build_network, num_parameters
from wordlab.vision_theory.vision.pixels import PixelScaler
from wordlab.vision_theory.vision.scores import History, Score

with need("torch"):
    import torch
    from torch import Tensor, nn
    from torch.nn import functional as F  # noqa: N812 - torch's own name for it

KIND = "image-classifier"
FORMAT_VERSION = 1
_WEIGHTS = "weights.safetensors"
_BATCH_SIZE = 512


@dataclass(frozen=True)
class ImageClassifier:
    """A network, the config it was trained with, and what its answers and its input mean.

    `mean` and `std` are those of each channel of the training pixels. `state` is what training needs
    to continue, or None where it is not kept.
    """

    model: nn.Module
    config: VisionConfig
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    history: History = field(default_factory=History)
    data_name: str = ""
    data_digest: str = ""
    state: Mapping[str, Any] | None = None

    @property
    def num_parameters(self) -> int:
        """The number of values in the network that training learns."""
        return num_parameters(self.model)

    def logits(self, pixels: np.ndarray) -> Tensor:
        """The logits (num_images, class) of pixels (num_images, channel, height, width), uint8."""
        self.model.eval()
        scaler = PixelScaler(self.mean, self.std)
        with torch.inference_mode():
            return torch.cat([self.model(x) for x in scaler.in_order(pixels, _BATCH_SIZE)])

    def predict(self, pixels: np.ndarray) -> list[str]:
        """The class of each of the images (num_images, channel, height, width)."""
        return [self.classes[label] for label in self.logits(pixels).argmax(dim=1).tolist()]

    def score(self, images: Images) -> Score:
        """Loss, accuracy and confusion on `images`."""
        logits = self.logits(images.pixels)  # (num_images, class)
        labels = torch.from_numpy(images.labels)  # (num_images,)
        answers = logits.argmax(dim=1)  # (num_images,)
        confusion = np.zeros((len(self.classes), len(self.classes)), dtype=np.int64)
        np.add.at(confusion, (images.labels, answers.numpy()), 1)
        loss = float(F.cross_entropy(logits.double(), labels))
        return Score(loss, float((answers == labels).double().mean()), confusion, self.classes)

    def evaluate(self, data: ImageData) -> Score:
        """The score on the test images of `data`; ConfigError if their size or classes are others."""
        check_fits(data, self.shape, self.classes)
        return self.score(data.test)

    @property
    def finished(self) -> bool:
        """Whether all epochs of the config were run."""
        return len(self.history) >= self.config.epochs

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write an artefact of kind image-classifier; OutputExistsError, ArtifactError."""
        with artifact.create(path, kind=KIND, format_version=FORMAT_VERSION, overwrite=overwrite) as draft:
            weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
            write_tensors(weights, draft.payload(_WEIGHTS))
            if self.state is not None:
                write_state(draft, "training", self.state)
            draft.libraries = sorted({*draft.libraries, "safetensors", "torch"})
            draft.details.update(
                config=self.config.to_dict(),
                classes=list(self.classes),
                shape=list(self.shape),
                standardisation={"mean": list(self.mean), "std": list(self.std)},
                metrics=dataclasses.asdict(self.history),
                data={"name": self.data_name, "digest": self.data_digest},
            )

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> ImageClassifier:
        """The classifier saved in `path`; ArtifactError if there is none, or if it is damaged."""
        found = artifact.load(path, kind=KIND, format_version=FORMAT_VERSION)
        details = found.details
        try:
            config = VisionConfig(**details["config"])
            shape = _three(details["shape"])
            history = History(**{name: tuple(values) for name, values in details["metrics"].items()})
            classes = tuple(details["classes"])
            mean, std = (tuple(details["standardisation"][name]) for name in ("mean", "std"))
            data = details["data"]["name"], details["data"]["digest"]
        except (KeyError, TypeError, ValueError) as error:
            raise ArtifactError(
                f"{found.directory / artifact.MANIFEST}: expected the details of an image classifier, "
                f"found damaged ones ({error})"
            ) from error
        model = build_network(config, shape, len(classes)).to(memory_format=torch.channels_last)
        _load_weights(model, found)
        state = read_state(found, "training") if "training.json" in found.manifest["payloads"] else None
        return cls(model, config, classes, shape, mean, std, history, *data, state)


def _three(sizes: Sequence[int]) -> tuple[int, int, int]:
    channels, height, width = sizes
    return channels, height, width


def _load_weights(model: nn.Module, found: artifact.Artifact) -> None:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = found.payload(_WEIGHTS)
    try:
        model.load_state_dict(load_file(path))
    except (SafetensorError, RuntimeError, ConfigError) as error:
        line = str(error).splitlines()[0]
        raise ArtifactError(f"{path}: expected the weights of its config, found others ({line})") from error
