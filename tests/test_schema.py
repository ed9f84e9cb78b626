"""Plain values are checked before they are used, and the message names the field."""

import dataclasses
import json
from typing import Any, Literal

import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, ConfigError
from wordlab.schema import checked, config_from, fields
from wordlab.training import Word2VecConfig


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (3, int, 3), (3, float, 3), (2.5, float, 2.5), ("x", str, "x"), (None, int | None, None),
        ([1, 2], tuple[int, ...], (1, 2)), ([1, "a"], tuple[int, str], (1, "a")), ([], list[int], []),
        ({"a": 1}, dict[str, int], {"a": 1}), ("b", Literal["a", "b"], "b"), ([None], Any, [None]),
        ([{"a": 1, "b": 2}], [{"a": int}], [{"a": 1}]), (True, bool, True),
    ],
)  # fmt: skip
def test_right_values(value, kind, expected):
    assert checked(value, kind, "x") == expected


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        (True, int, "x: expected a whole number, found true"),
        (1, bool, "x: expected true or false, found 1"),
        (1.0, int, "x: expected a whole number, found 1.0"),
        (10**50, int, "x: expected a whole number, found a number of 64 bits or more"),
        (10**400, float, "x: expected a number, found a number of 64 bits or more"),
        (None, str, "x: expected text, found null"),
        ([1], str, "x: expected text, found a list of 1"),
        ({}, list, "x: expected a list, found an empty object"),
        ({"a": 1}, int | None, "x: expected a whole number or null, found an object with 'a'"),
        ("c", Literal["a", "b"], "x: expected one of a, b, found 'c'"),
        ([], Literal["a", "b"], "x: expected one of a, b, found a list of 0"),
        ([1, "2"], list[int], "x: 1: expected a whole number, found '2'"),
        ([1], tuple[int, int], "x: expected 2 values, found 1"),
        ({"a": "1"}, dict[str, int], "x: a: expected a whole number, found '1'"),
        ([{"a": 1}, {}], [{"a": int}], "x: 1: expected 'a', found an empty object"),
        (3, {"a": int}, "x: expected an object, found 3"),
    ],
)
def test_wrong_values(value, kind, message):
    with pytest.raises(ArtifactError) as caught:
        checked(value, kind, "x")
    assert str(caught.value) == message


def test_keys_that_are_missing():
    assert fields({"a": 1, "c": 2}, {"a": int, "b": str}, "x", optional=True) == {"a": 1}
    with pytest.raises(ArtifactError, match="x: expected 'b', found an object with 'a', 'c'"):
        fields({"a": 1, "c": 2}, {"a": int, "b": str}, "x")
    with pytest.raises(ArtifactError, match=r"found an object with 'c', 'd', 'e', 'f', 'g' and 2 more$"):
        fields(dict.fromkeys("cdefghi", 1), {"b": str}, "x")


def test_a_config_comes_back():
    config = Word2VecConfig(dim=7, loss="hierarchical", threads=3, deterministic=False)
    assert config_from(json.loads(json.dumps(config.to_dict())), Word2VecConfig, "x") == config


def test_fields_that_are_new_keep_their_defaults():
    assert config_from({"dim": 7}, Word2VecConfig, "x").window == Word2VecConfig().window


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"dim": "7"}, "x: dim: expected a whole number, found '7'"),
        ({"dim": 0}, "x: dim: expected a whole number from 1 to 10000, found 0"),
        ({"cbow_mean": 1}, "x: cbow_mean: expected true or false, found 1"),
        ({"subsample": float("nan")}, "x: subsample: expected a number from 0.0 to 1.0, found nan"),
        ({"model": ["cbow"]}, "x: model: expected text, found a list of 1"),
        ({"sizes": 3}, "x: expected fields of Word2VecConfig, found 'sizes'"),
    ],
)
def test_fields_that_are_wrong_are_named(change, message):
    with pytest.raises(ArtifactError) as caught:
        config_from(change, Word2VecConfig, "x")
    assert str(caught.value) == message


def test_what_a_config_refuses_is_an_artefact_error():
    @dataclasses.dataclass(frozen=True)
    class Odd:
        number: int = 1

        def __post_init__(self):
            if self.number % 2 == 0:
                raise ConfigError(f"number: expected an odd one, found {self.number}")

    assert config_from({"number": 3}, Odd, "x") == Odd(3)
    with pytest.raises(ArtifactError, match="x: number: expected an odd one, found 2"):
        config_from({"number": 2}, Odd, "x")
    with pytest.raises(ArtifactError, match="x: expected 'number', found an empty object"):
        config_from({}, Odd, "x", required=("number",))


MANIFEST = {"kind": "thing", "format_version": 1, "details": {}, "libraries": {}, "payloads": {}}
DEEP = 100_000


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "expected JSON, found a damaged file"),
        (b"null", "expected a wordlab manifest with 'kind', found none"),
        (b'"kind"', "expected a wordlab manifest with 'kind', found none"),
        (b"[" * DEEP + b"]" * DEEP, "expected JSON, found brackets nested too deep"),
        (b'{"kind":' * 500 + b"1" + b"}" * 500, "expected JSON, found brackets nested too deep"),
        (b'{"kind": ' + b"9" * 5_000 + b"}", "expected JSON, found a damaged file"),
        (b'{"kind": "\xff"}', "expected JSON, found a damaged file"),
        ({"kind": None}, "kind: expected text, found null"),
        ({"kind": ["thing"]}, "kind: expected text, found a list of 1"),
        ({"format_version": True}, "format_version: expected a whole number, found true"),
        ({"details": None}, "details: expected an object, found null"),
        ({"libraries": {"wordlab": 3}}, "libraries: wordlab: expected text, found 3"),
        ({"payloads": []}, "payloads: expected an object, found a list of 0"),
        ({"payloads": {"a": None}}, "payloads: a: expected an object, found null"),
        ({"payloads": {"a": {"bytes": 1}}}, "payloads: a: expected 'sha256', found an object with 'bytes'"),
        ({"payloads": {"a": {"bytes": 1, "sha256": 7}}}, "payloads: a: sha256: expected text, found 7"),
        ({"payloads": {"a": {"bytes": 1.5, "sha256": ""}}}, "payloads: a: bytes: expected a whole number"),
        *(({"payloads": {name: {"bytes": 1, "sha256": ""}}}, "expected the name of a payload, found ")
          for name in ("../a", "/etc/passwd", "a/b", "", ".", "..", "manifest.json", "a\0b")),
    ],
)  # fmt: skip
def test_manifests_that_are_wrong(tmp_path, content, message):
    text = content if isinstance(content, bytes) else json.dumps({**MANIFEST, **content}).encode()
    (tmp_path / "manifest.json").write_bytes(text)
    with pytest.raises(ArtifactError) as caught:
        artifact.load(tmp_path, kind="thing", format_version=1)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_payloads_that_are_not_files(tmp_path):
    facts = {"payloads": {"a": {"bytes": 1, "sha256": ""}}}
    (tmp_path / "manifest.json").write_text(json.dumps({**MANIFEST, **facts}))
    (tmp_path / "a").mkdir()
    with pytest.raises(ArtifactError, match="a: expected a payload of 1 bytes, found no file"):
        artifact.load(tmp_path, kind="thing", format_version=1)
