"""Arrays of JSON objects, in pieces of any size, and fields inside fields."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wordlab.errors import FormatError
from wordlab.text import Corpus
from wordlab.text.records import field_names, json_field, json_records

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(st.text(max_size=4), VALUES, max_size=3), max_size=4)


def as_pairs(value):
    """A value as records hold it: objects inside are tuples of keys and values."""
    if isinstance(value, dict):
        return tuple((key, as_pairs(inner)) for key, inner in value.items())
    return [as_pairs(inner) for inner in value] if isinstance(value, list) else value


@given(RECORDS, st.sampled_from([None, 1, 4]), st.lists(st.integers(0, 400), max_size=6), st.booleans())
def test_an_array_is_read_as_its_objects(records, indent, cuts, ascii):
    text = json.dumps(records, indent=indent, ensure_ascii=ascii) + "\n"
    places = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    found = list(json_records([text[a:b] for a, b in pairwise(places)], "x"))
    assert [record for _, record in found] == [dict(as_pairs(record)) for record in records]
    assert [where for where, _ in found] == [f"x: item {n}" for n in range(1, len(records) + 1)]


@pytest.mark.parametrize("size", [1, 5, 10_000])
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[", "x: item 1: expected ] at the end of the array, found the end of the text"),
        ('[{"a": 1}, ', "x: item 2: expected ] at the end of the array, found the end of the text"),
        ('[{"a": 1}', "x: item 1: expected , or ] after it, found the end of the text"),
        ("[{} {}]", "x: item 1: expected , or ] after it, found '{'"),
        ("[{},]", "x: item 2: expected a JSON object, found invalid JSON (Expecting value)"),
        ("[{}] []", "x: expected one array, found more after it ('[')"),
        ('["a"]', "x: item 1: expected a JSON object, found a string"),
        ("[null]", "x: item 1: expected a JSON object, found null"),
        ("[[{}]]", "x: item 1: expected a JSON object, found a list"),
        ('[{"a": "b]', "x: item 1: expected a JSON object, found invalid JSON "
         "(Unterminated string starting at)"),
        ('[{"a": trux}, {}]', "x: item 1: expected a JSON object, found invalid JSON (Expecting value)"),
        ("[" * 90_000, "x: item 1: expected a JSON object, found one nested too deep"),
        ("[" + "1" * 5000 + "]", "x: item 1: expected a JSON object, found a number with too many digits"),
        ('[{"a": "' + "b" * 2000 + '"}]', "x: item 1: expected a record of at most 1000 bytes, "
         "found a longer one; --max-record allows more"),
    ],
)  # fmt: skip
def test_what_is_no_array_of_objects(text, message, size):
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    with pytest.raises(FormatError) as caught:
        list(json_records(pieces, "x", longest=1000 if "b" * 2000 in text else 10**6))
    assert str(caught.value) == message


def test_lines_are_counted_from_the_first_however_many_are_blank():
    assert [where for where, _ in json_records(["\n\n", " \n", '\n{"a": 1}\n', '{"a": 2}'], "x")] == [
        "x:5",
        "x:6",
    ]
    assert list(json_records(["\n\n", " \n"], "x")) == []


def test_a_field_inside_another():
    ((where, record),) = json_records(
        ['{"a": {"b": {"c": 1}, "x.y": 2}, "a.b": 3, "n": null, "t": {"d": 1, "d": 2}, "e": {}}'], "x"
    )
    found = {name: json_field(record, name, where) for name in ("a.b", "a.x.y", "n", "a.b.c")}
    assert found == {"a.b": 3, "a.x.y": 2, "n": None, "a.b.c": 1}
    assert field_names(record, "a.b", "a.x.y", None, "a.z") == ["a", "a.b", "n", "t", "e", "a.x.y"]
    for column, message in {
        "a.z": "expected a field 'a.z', found a.b, a.x.y, a.b, n, t.d, t.d, e",
        "n.b": "expected a field 'n.b', found a.b, a.x.y, a.b, n, t.d, t.d, e",
        "t.d": "expected a field 't.d', found it several times",
        "z": "expected a field 'z', found a, a.b, n, t, e",
    }.items():
        with pytest.raises(FormatError) as caught:
            json_field(record, column, where)
        assert str(caught.value) == f"x:1: {message}"


def test_corpora_of_arrays_and_of_fields_inside_fields(tmp_path):
    records = [{"id": n, "review": {"text": f"the film {n}", "stars": 5}} for n in range(40_000)]
    (tmp_path / "one.json").write_text(json.dumps(records))  # one line of 2.7 MB, in three pieces
    (tmp_path / "lines.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    made = [
        Corpus.build([tmp_path / name], tmp_path / name.split(".")[0], text_column="review.text", min_count=1,
                     max_record=1)
        for name in ("one.json", "lines.jsonl")
    ]  # fmt: skip
    assert made[0].num_lines == made[1].num_lines == 40_000
    assert made[0].token_ids.tobytes() == made[1].token_ids.tobytes()
    assert made[0].vocabulary == made[1].vocabulary
