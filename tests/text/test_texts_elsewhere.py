"""Texts at URLs make the corpus that the same texts on this machine make."""

import gzip
import json
import zipfile
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from wordlab.errors import ArtifactError, FormatError, SourceError
from wordlab.io import remote
from wordlab.io.compression import open_bytes
from wordlab.io.urls import place_of
from wordlab.text import Corpus
from wordlab.text import reader as reading
from wordlab.text.sources import find_sources

TEXT = "the king and the queen of paris\nmet a man and a woman\n"
ROWS = [{"text": line} for line in 20 * TEXT.splitlines()]


def parquet(rows=ROWS):
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file, row_group_size=7)
    return file.getvalue()


def archive():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.txt", TEXT)
        made.writestr("b.csv", "text\n" + TEXT)
    return file.getvalue()


FILES = {
    "a.txt": TEXT.encode(),
    "b.jsonl.gz": gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS).encode()),
    "c.csv": ("text,stars\n" + TEXT.replace("\n", ",5\n")).encode(),
    "d.tsv": ("stars\ttext\n" + "".join(f"5\t{line}\n" for line in TEXT.splitlines())).encode(),
    "e.parquet": parquet(),
    "f.zip.txt": archive(),
}


def facts(corpus):
    return corpus.token_ids.tolist(), corpus.line_offsets.tolist(), corpus.vocabulary.words


@pytest.fixture
def both(s3, tmp_path):
    """The same files in a folder on this machine and elsewhere."""
    (tmp_path / "texts").mkdir()
    for name, content in FILES.items():
        (tmp_path / "texts" / name).write_bytes(content)
        s3.put(f"texts/{name}", content)
    return tmp_path / "texts"


@pytest.mark.parametrize("threads", [1, 2])
def test_a_folder_gives_what_a_directory_gives(both, tmp_path, threads):
    here = Corpus.build(both, tmp_path / "here", min_count=1, threads=threads)
    there = Corpus.build("s3://bucket/texts", tmp_path / "there", min_count=1, threads=threads)
    assert facts(here) == facts(there)
    sources = there.details["sources"]
    assert [source["name"] for source in sources] == [f"s3://bucket/texts/{name}" for name in FILES]
    assert [source["bytes"] for source in sources] == [len(content) for content in FILES.values()]
    assert all(len(source["version"]) == 32 for source in sources)  # an ETag
    assert "version" not in here.details["sources"][0]


@pytest.mark.parametrize("name", FILES)
def test_each_format(both, tmp_path, name):
    there = Corpus.build(f"s3://bucket/texts/{name}", tmp_path / "there", min_count=1)
    assert facts(there) == facts(Corpus.build(both / name, tmp_path / "here", min_count=1))


def test_from_memory_to_memory(tmp_path, monkeypatch):
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path))
    root = f"memory://{tmp_path.name}"
    remote.put_bytes(TEXT.encode(), place_of(f"{root}/a.txt"))
    Corpus.build([f"{root}/*.txt"], f"{root}/corpus", min_count=1)
    assert Corpus.load(f"{root}/corpus").num_tokens == 13
    assert "version" not in Corpus.load(f"{root}/corpus").details["sources"][0]


def test_from_the_hub(hub, tmp_path):
    hub.put("ann/news", {"a.txt": TEXT.encode(), "b.csv": b"text\n" + TEXT.encode(), "c.md": b"about"})
    corpus = Corpus.build("hf://datasets/ann/news", tmp_path / "corpus", min_count=1)
    sources = corpus.details["sources"]
    assert [each["name"] for each in sources] == [
        f"hf://datasets/ann/news/{name}" for name in ("a.txt", "b.csv")
    ]
    assert len(sources[0]["version"]) == 40  # a digest of Git's
    assert corpus.num_tokens == 26
    for name in ("ann/news/none.txt", "ann/none/a.txt"):
        with pytest.raises(
            SourceError, match=f"^hf://datasets/{name}: cannot be read: there is no such file or fol"
        ):
            Corpus.build(f"hf://datasets/{name}", tmp_path / "other")


def test_a_file_url(both, tmp_path):
    corpus = Corpus.build((both / "a.txt").as_uri(), tmp_path / "corpus", min_count=1)
    assert corpus.details["sources"][0]["name"] == str(both / "a.txt")


def test_what_a_folder_leaves_out(s3):
    for name in ("a.txt", ".hidden.txt", "in/.h/b.txt", "in/c.log", "in/d.log"):
        s3.put(f"x/{name}", "text")
    notes = []
    assert [source.name for source in find_sources("s3://bucket/x/", notes=notes)] == ["s3://bucket/x/a.txt"]
    assert notes == [
        "s3://bucket/x/: 2 files (c.log, d.log) left out, because only .txt .text .jsonl .ndjson .json .csv "
        ".tsv .parquet are read; to read others, name them or give a pattern, such as 's3://bucket/x/**/*.log'"
    ]
    names = [source.name for source in find_sources("s3://bucket/x/**/*.log")]
    assert names == ["s3://bucket/x/in/c.log", "s3://bucket/x/in/d.log"]
    with pytest.raises(
        SourceError, match=r"^s3://bucket/x/in: expected files that end in one of .*, found 2 files"
    ):
        find_sources("s3://bucket/x/in")


def test_bad_beginnings_are_found_in_all_files(s3, tmp_path):
    for number in range(5):
        s3.put(f"x/{number}.txt", b"caf\xe9 noir" if number in (1, 3) else "café")
    with pytest.raises(FormatError) as caught:
        Corpus.build("s3://bucket/x", tmp_path / "corpus")
    assert str(caught.value).startswith(
        "2 of 5 files cannot be read. s3://bucket/x/1.txt: byte 3: expected UTF-8"
    )
    assert str(caught.value).endswith("The others: s3://bucket/x/3.txt")
    assert not (tmp_path / "corpus").exists()


def test_a_file_that_is_replaced_leaves_nothing_half_made(s3, tmp_path, monkeypatch):
    s3.put("a.txt", 40_000 * TEXT)
    seen = []

    def watch(self, done):
        if not seen:
            s3.put("a.txt", 40_001 * TEXT)
        seen.append(done)

    monkeypatch.setattr(reading.BlockReader, "_report", watch)
    with pytest.raises(SourceError, match=r"^s3://bucket/a.txt: cannot be read: it was replaced meanwhile$"):
        Corpus.build("s3://bucket/a.txt", tmp_path / "corpus")
    assert not (tmp_path / "corpus").exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.parquet", parquet()[:-20], "s3://bucket/a.parquet: expected a Parquet file, found damage"),
        ("a.parquet.gz", b"", "s3://bucket/a.parquet.gz: expected a Parquet file, found a compressed one"),
        ("a.jsonl", '{"text": 1}\n', "s3://bucket/a.jsonl:1: "),
        ("a.txt", "%PDF-1.7", "s3://bucket/a.txt: expected text, found a PDF"),
        ("a.txt.gz", "", "s3://bucket/a.txt.gz: expected gzip data, found a file of 0 bytes"),
    ],
)
def test_bad_files(s3, tmp_path, name, content, message):
    s3.put(name, content)
    with pytest.raises((SourceError, FormatError)) as caught:
        Corpus.build(f"s3://bucket/{name}", tmp_path / "corpus")
    assert str(caught.value).startswith(message)


def test_an_output_among_its_inputs(s3, tmp_path):
    s3.put("x/a.txt", TEXT)
    with pytest.raises(
        ArtifactError, match=r"^s3://bucket/x/corpus: lies inside the input s3://bucket/x; choose"
    ):
        Corpus.build("s3://bucket/x", "s3://bucket/x/corpus")


def test_memory_does_not_grow_with_the_file(s3):
    """A stream holds the block that is worked on and the next one, however much is left."""
    url = s3.put("large.txt", np.zeros(20 << 20, np.uint8).tobytes())
    with open_bytes(place_of(url), url) as stream:
        largest = 0
        while stream.read(1 << 20):
            largest = max(largest, len(stream._content._raw._file._rest))
    assert largest == remote._LARGEST_BLOCK
