"""Training states survive the way to disk and back, and damage is found."""

import json

import pytest
import torch

from wordlab import artifact
from wordlab.checkpoint import check_weights, load_optimizer, read_state, read_tensors, write_state
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


# ------------------------------------------------------------------ sealed, and wrong inside


def sealed(path, tensors=b"", structure="{}"):
    with artifact.create(path, **KIND) as draft:
        draft.payload("state.safetensors").write_bytes(tensors)
        draft.payload("state.json").write_text(structure)
    return artifact.load(path, **KIND)


def file_of(header, num_bytes=0):
    text = header.encode()
    return len(text).to_bytes(8, "little") + text + bytes(num_bytes)


ONE = '"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}'


@pytest.mark.parametrize(
    "tensors",
    [
        b"", b"PK\x03\x04", b"\xff" * 8, file_of("[]"), file_of("{" * 9_000), file_of("null"),
        file_of('{"a": {"dtype": "F32", "shape": [144000000000], "data_offsets": [0, 576000000000]}}'),
        file_of('{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 5]}}', 5),
        file_of('{"a": {"dtype": "F99", "shape": [1], "data_offsets": [0, 4]}}', 4),
        file_of('{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}', 4),
        file_of('{"a": {"dtype": "F32", "shape": [true], "data_offsets": [0, 4]}}', 4),
        file_of('{"a": {"dtype": "F32", "shape": [18446744073709551616], "data_offsets": [0, 4]}}', 4),
        file_of(f"{{{ONE}}}", 3), file_of(f"{{{ONE}}}", 5),
    ],
)  # fmt: skip
def test_invalid_tensors(tensors, tmp_path):
    with pytest.raises(
        ArtifactError, match=r"state\.safetensors: expected tensors, found a damaged file"
    ) as caught:
        read_tensors(sealed(tmp_path / "c", tensors), "state.safetensors")
    assert len(str(caught.value).splitlines()) == 1


def test_a_name_that_is_there_twice_stands_for_one_tensor(tmp_path):
    two = f'{{{ONE}, "a": {{"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}}}'
    with pytest.raises(ArtifactError, match="expected tensors, found a damaged file"):
        read_tensors(sealed(tmp_path / "c", file_of(two, 8)), "state.safetensors")


def test_tensors_of_more_axes_than_torch_adds_up(tmp_path):
    """A file may hold them, and 64 is the most that torch's `all` takes."""
    shape = (1,) * 70
    assert round_trip([torch.ones(shape)], tmp_path / "c")[0].shape == shape
    with pytest.raises(ArtifactError, match=r"state\.safetensors: 0: expected finite numbers"):
        round_trip([torch.full(shape, float("nan"))], tmp_path / "d")


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_tensors_that_are_not_finite(number, tmp_path):
    with pytest.raises(ArtifactError, match=r"state\.safetensors: 0: expected finite numbers"):
        round_trip([torch.tensor([1.0, number])], tmp_path / "c")


@pytest.mark.parametrize(
    "structure",
    ["[" * 100_000, '{"list":' * 900 + "1" + "}" * 900, "null!", '{"dict": [[[1], 2]]}', '{"dict": 3}',
     '{"dict": [[{"a": 1}, 2]]}', '{"tensor": ["0"]}', '{"tensor": null}', "{}", '{"list": null}'],
)  # fmt: skip
def test_invalid_structures(structure, tmp_path):
    with pytest.raises(ArtifactError, match=r"state\.json: expected ") as caught:
        read_state(sealed(tmp_path / "c", file_of(f"{{{ONE}}}", 4), structure), "state")
    assert len(str(caught.value).splitlines()) == 1


def test_weights_are_compared_by_name_type_and_shape():
    module = torch.nn.Linear(2, 3)
    right = dict(module.state_dict())
    check_weights(module, right, "x")
    for change, message in (
        ({"bias": right["bias"].double()}, r"x: bias: expected float32 \(3,\), found float64 \(3,\)"),
        ({"bias": torch.zeros(4)}, r"x: bias: expected float32 \(3,\), found float32 \(4,\)"),
        ({"bias": None}, r"x: bias: expected float32 \(3,\), found none"),
        ({"bias": [1, 2, 3]}, r"x: bias: expected float32 \(3,\), found a list"),
        ({"more": torch.zeros(1)}, r"x: more: expected none, found float32 \(1,\)"),
    ):
        with pytest.raises(ArtifactError, match=message):
            check_weights(module, {**right, **change}, "x")
    with pytest.raises(ArtifactError, match="x: weight: expected float32"):
        check_weights(module, 3, "x")


def optimiser():
    module = torch.nn.Linear(2, 3)
    made = torch.optim.AdamW(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    made.step()
    return made


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.clear(),
        lambda state: state.update(param_groups=[]),
        lambda state: state.update(param_groups=3),
        lambda state: state["param_groups"][0].update(params=[0]),
        lambda state: state["param_groups"][0].update(params="ab"),
        lambda state: state["param_groups"].append({"params": []}),
        lambda state: state["param_groups"][0].pop("betas"),
        lambda state: state["param_groups"][0].update(betas="xy"),
        lambda state: state["param_groups"][0].update(lr=[]),
        lambda state: state.update(state=[]),
        lambda state: state["state"][0].update(exp_avg=torch.zeros(9)),
        lambda state: state["state"][0].update(exp_avg=3.0),
        lambda state: state["state"][0].pop("exp_avg"),
        lambda state: state["state"].update({0: None}),
        lambda state: state.update(state={0: {}, 1: {}}),
        lambda state: state["state"][1].pop("step"),
    ],
)
def test_states_of_another_optimiser(change):
    state = optimiser().state_dict()
    change(state)
    with pytest.raises(ArtifactError, match="x: expected an optimiser's state, found "):
        load_optimizer(optimiser(), state, "x")


def test_the_state_of_an_optimiser():
    state = optimiser().state_dict()
    fresh = torch.optim.AdamW(torch.nn.Linear(2, 3).parameters())
    load_optimizer(fresh, state, "x")
    assert torch.equal(fresh.state_dict()["state"][0]["exp_avg"], state["state"][0]["exp_avg"])
