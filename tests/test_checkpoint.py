"""Training states survive the way to disk and back, and damage is found."""

import json

import pytest
import torch

from wordlab import artifact
from wordlab.checkpoint import read_state, write_state
from wordlab.errors import ArtifactError

KIND = {"kind": "checkpoint", "format_version": 1}


def round_trip(state, path):
    with artifact.create(path, **KIND) as draft:
        write_state(draft, "state", state)
    return read_state(artifact.load(path, **KIND), "state")


def test_training_resumes_to_the_same_result(tmp_path):
    def steps(model, optimiser, generator, num):
        for _ in range(num):
            loss = model(torch.randn(8, 4, generator=generator)).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()

    def fresh():
        torch.manual_seed(3)
        model = torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
        return model, torch.optim.AdamW(model.parameters(), amsgrad=True), torch.Generator().manual_seed(5)

    whole = fresh()
    steps(*whole, 6)
    first = fresh()
    steps(*first, 3)
    parts = ("model", "optimiser")
    state = {name: part.state_dict() for name, part in zip(parts, first, strict=False)}
    again = round_trip({**state, "generator": first[2].get_state(), "epoch": 3}, tmp_path / "c")
    model, optimiser, generator = fresh()
    model.load_state_dict(again["model"])
    optimiser.load_state_dict(again["optimiser"])
    generator.set_state(again["generator"])
    steps(model, optimiser, generator, 3)
    for name, value in whole[0].state_dict().items():
        assert torch.equal(value, model.state_dict()[name]), name


def test_structure_and_types_are_kept(tmp_path):
    shared = torch.arange(4.0)
    state = {
        0: (1, 2.5, None, True, "x"),
        "a": [shared, shared[1:3], torch.tensor(7)],
        "e": {},
        "f": float("inf"),
    }
    again = round_trip(state, tmp_path / "c")
    assert list(again) == [0, "a", "e", "f"]
    assert again[0] == (1, 2.5, None, True, "x")
    assert again["f"] == float("inf")
    assert all(torch.equal(x, y) for x, y in zip(again["a"], state["a"], strict=True))
    assert again["a"][2].dtype == torch.int64


def test_other_values_are_refused(tmp_path):
    with pytest.raises(TypeError, match=r"expected tensors, numbers and strings .* found set"):
        round_trip({"a": {1, 2}}, tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("damage", [{"tensor": "9"}, {"list": 3}, {"a": 1, "b": 2}])
def test_damage_is_found(damage, tmp_path):
    with artifact.create(tmp_path / "c", **KIND) as draft:
        write_state(draft, "state", {"a": torch.ones(2)})
        draft.payload("state.json").write_text(json.dumps(damage))
    with pytest.raises(ArtifactError, match="a damaged one"):
        read_state(artifact.load(tmp_path / "c", **KIND), "state")
