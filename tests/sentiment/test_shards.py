"""Several files at once, directories of shards and what datasets writes into Parquet."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.sentiment import label_file, read_labelled, read_multi_label, read_texts, train_baseline
from wordlab.sentiment.documents.reading import read_documents

FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["neg", "pos"], "_type": "ClassLabel"},
}


def write_shard(path, texts, labels, features=FEATURES, kind=None):
    table = pa.table({"text": texts, "label": pa.array(labels, type=kind)})
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(table.replace_schema_metadata(metadata), path)
    return path


def fails(error, *arguments, **options):
    with pytest.raises(error) as caught:
        read_labelled(*arguments, **options)
    return str(caught.value)


def test_numbers_become_the_names_of_their_classes(tmp_path):
    path = write_shard(tmp_path / "x.parquet", ["good", "bad", "so-so"], [1, 0, 0])
    assert read_labelled(path).labels == ("pos", "neg", "neg")
    assert read_labelled(path, label_column=1, text_column="text").classes == ("neg", "pos")
    assert list(read_texts(path)) == ["good", "bad", "so-so"]
    few = write_shard(tmp_path / "few.parquet", ["a", "b"], [1, 0], kind=pa.int8())
    assert read_labelled(few).labels == ("pos", "neg")


@pytest.mark.parametrize("label", [-1, 2, None])
def test_numbers_without_a_name(tmp_path, label):
    path = write_shard(tmp_path / "x.parquet", ["good", "bad"], [1, label])
    expected = "expected a label in 'label', found null" if label is None else (
        f"expected a label from 0 to 1 in 'label', found {label}"
    )  # fmt: skip
    assert fails(FormatError, path) == f"{path}: row 2: {expected}"


@pytest.mark.parametrize(
    "features",
    [
        {"label": {"dtype": "int64", "_type": "Value"}},
        {"label": {"names": "neg pos", "_type": "ClassLabel"}},
        {"label": {"names": [1, 2], "_type": "ClassLabel"}},
        {"label": None}, {}, [], "x", None,
    ],
)  # fmt: skip
def test_other_metadata_changes_nothing(tmp_path, features):
    path = write_shard(tmp_path / "x.parquet", ["good", "bad"], [1, 0], features)
    assert read_labelled(path).labels == ("1", "0")
    pq.write_table(pq.read_table(path).replace_schema_metadata({"huggingface": b"\xff{"}), path)
    assert read_labelled(path).labels == ("1", "0")


def test_words_stay_where_a_column_holds_them(tmp_path):
    path = write_shard(tmp_path / "x.parquet", ["good", "bad"], ["pos", "other"])
    assert read_labelled(path).labels == ("pos", "other")


@pytest.fixture
def shards(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    write_shard(folder / "train-00000-of-00002.parquet", ["good", "bad"], [1, 0])
    write_shard(folder / "train-00001-of-00002.parquet", ["fine", "poor"], [1, 0])
    (folder / ".hidden.parquet").write_text("not read")
    return folder


def test_a_directory_of_shards(shards):
    found = read_labelled(shards)
    assert found.texts == ("good", "bad", "fine", "poor")
    assert found.labels == ("pos", "neg", "pos", "neg")
    assert (found.source, found.notes) == (str(shards), ())
    (shards / "README.md").write_text("a card")
    assert read_labelled(shards).notes == (
        f"{shards}: 1 file (README.md) left out beside the .parquet files",
    )  # fmt: skip
    assert list(read_texts(shards)) == list(found.texts)


def test_several_splits_are_not_mixed(shards):
    write_shard(shards / "test-00000-of-00001.parquet", ["new", "old"], [1, 0])
    message = fails(FormatError, shards)
    assert message == (
        f"{shards}: expected one split, found test and train; name one by a pattern, such as '{shards}/test*'"
    )
    assert read_labelled(f"{shards}/test*").texts == ("new", "old")
    assert len(read_labelled(f"{shards}/train-*.parquet")) == 4
    (shards / "test-00000-of-00001.parquet").unlink()
    assert len(read_labelled(f"{shards.parent}/dat?")) == 4


def test_files_of_several_formats(shards):
    (shards / "more.csv").write_text("text,label\na,pos\n")
    assert fails(FormatError, shards) == (
        f"{shards}: expected files of one format, found .csv and .parquet; name some by a pattern, "
        f"such as '{shards}/*.csv'"
    )
    assert read_labelled(shards, input_format="parquet").notes[0].endswith("beside the .parquet files")
    (shards / "pos").mkdir()  # a folder for each class
    (shards / "pos" / "1.txt").write_text("good")
    assert read_labelled(shards).texts == ("good",)


def test_several_files_of_any_format(tmp_path, shards):
    (tmp_path / "a.tsv").write_text("pos\tthe first text\nneg\tthe second text\n")
    (tmp_path / "b.json").write_text(json.dumps([{"label": "neg", "text": "third"}] * 2, indent=1))
    found = read_labelled([tmp_path / "a.tsv", str(tmp_path / "b.json"), shards])
    assert found.texts == (
        "the first text",
        "the second text",
        "third",
        "third",
        "good",
        "bad",
        "fine",
        "poor",
    )
    assert found.source == f"{tmp_path}/a.tsv and 2 more"
    several = read_multi_label([tmp_path / "a.tsv", tmp_path / "b.json"])
    assert several.single.labels == ("pos", "neg", "neg", "neg")
    assert list(read_texts([tmp_path / "b.json", shards]))[:3] == ["third", "third", "good"]


def test_notes_say_which_file(tmp_path):
    content = "text\tlabel\na\tpos\nb\tneg\ntext\tlabel\n"
    for name in ("a.tsv", "b.tsv"):
        (tmp_path / name).write_text(content)
    notes = read_labelled([tmp_path / "a.tsv", tmp_path / "b.tsv"], header=True).notes
    assert notes == tuple(
        f"{tmp_path}/{name}: left out: 1 row that repeat the column names" for name in ("a.tsv", "b.tsv")
    )


def test_spellings_are_compared_across_files(tmp_path):
    for name, label in (("a.tsv", "1"), ("b.tsv", "1.0")):
        (tmp_path / name).write_text(f"{label}\tthe text\n0\tanother text\n")
    assert fails(FormatError, [tmp_path / "a.tsv", tmp_path / "b.tsv"]) == (
        f"{tmp_path}/a.tsv and 1 more: expected one spelling of each label, found '1' and '1.0', "
        "which are equal"
    )


def test_inputs_that_make_no_sense(tmp_path):
    assert fails(SourceError, f"{tmp_path}/*.tsv") == (
        f"{tmp_path}/*.tsv: expected files that match the pattern, found none"
    )
    assert fails(ConfigError, []) == "paths: expected a file, a directory, a pattern or -, found none"
    assert fails(ConfigError, ["-", "-"]).endswith("found - (standard input) several times")
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'label_column'"):
        read_texts("x.tsv", label_column="a")
    with pytest.raises(TypeError, match="got an unexpected keyword argument 'label_separator'"):
        read_labelled("x.tsv", label_separator=",")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colum'"):
        read_labelled("x.tsv", colum="a")


def test_a_file_whose_name_looks_like_a_pattern(tmp_path):
    (tmp_path / "a[1].tsv").write_text("pos\tthe text\nneg\tanother text\n")
    assert len(read_labelled(tmp_path / "a[1].tsv")) == 2


def test_fields_inside_fields(tmp_path):
    path = tmp_path / "x.jsonl"
    records = [{"meta": {"label": label, "id": n}, "review": {"text": text}} for n, (text, label) in
               enumerate([("good one", "pos"), ("bad one", "neg")])]  # fmt: skip
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    columns = {"text_column": "review.text", "label_column": "meta.label"}
    assert read_labelled(path, **columns).labels == ("pos", "neg")
    found = list(read_documents(path, text_column="review.text", id_column="meta.id"))
    assert found == [("0", "good one"), ("1", "bad one")]
    path.write_text('{"review.text": "by its own name", "review": {"text": "inside"}, "label": "a"}\n' * 2)
    assert read_labelled(path, text_column="review.text").texts[0] == "by its own name"
    message = fails(FormatError, path, text_column="review.words")
    assert message.endswith("x.jsonl:1: expected a column 'review.words', found review.text, review, label")


def test_columns_inside_columns_of_parquet(tmp_path):
    reviews = [{"text": "good one", "of": {"label": "pos"}}, {"text": "bad one", "of": {"label": "neg"}}]
    pq.write_table(pa.table({"review": reviews, "id": ["a", "b"]}), tmp_path / "x.parquet")
    columns = {"text_column": "review.text", "label_column": "review.of.label"}
    found = read_labelled(tmp_path / "x.parquet", **columns)
    assert (found.texts, found.labels) == (("good one", "bad one"), ("pos", "neg"))
    documents = read_documents(tmp_path / "x.parquet", text_column="review.text", id_column="id")
    assert list(documents) == [("a", "good one"), ("b", "bad one")]
    model = train_baseline(4 * found.texts, 4 * found.labels)
    label_file(model, tmp_path / "x.parquet", tmp_path / "y.parquet", text_column="review.text")
    written = pq.read_table(tmp_path / "y.parquet")
    assert written.column("review").to_pylist() == reviews
    assert written.column("predicted").to_pylist() == ["pos", "neg"]
