"""Texts in shards: read and encoded apart from each other, they make the corpus that one reader makes."""

import gzip
import io
import zipfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sentencepiece
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.text import Corpus, Tokenizer, engines, shards
from wordlab.text.encoder import Encoder
from wordlab.text.engines.base import Engine, Piece
from wordlab.text.engines.pieces import encode_shard
from wordlab.text.phrases.config import PhraseConfig
from wordlab.text.reading import ReadingConfig
from wordlab.text.sources import find_sources

SIZE = 1000


class Apart(Engine):
    """Encodes each shard by itself, in small pieces."""

    def encode(self, work):
        done = 0
        for shard in shards.cut_into_shards(work.sources, work.encoder, SIZE):
            for result in encode_shard(work.encoder, shard, largest=50):
                if isinstance(result, Piece):
                    yield Piece(result.block, done + result.num_read)
                else:
                    work.findings.add(result.findings)
                    work.hints.sample.add(result.sample)
            done += sum(source.size for source in shard)


@pytest.fixture(autouse=True)
def _apart(monkeypatch):
    monkeypatch.setitem(engines.ENGINES, "apart", f"{__name__}:Apart")
    monkeypatch.setattr(shards, "_WINDOW", 60)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Files of all kinds."""
    folder = tmp_path_factory.mktemp("texts")
    rng = np.random.default_rng(0)
    syllables = [
        "ka",
        "To",
        "mi",
        "rä",
        "don't",
        "e-mail",
        "3.14",
        "İ",
        "很好",
        "。",
        "<b>",
        " ",
        " ",
        "—",
        "ﬁ",
    ]
    lines = ["".join(rng.choice(syllables, rng.integers(0, 60))) for _ in range(150)]
    text = "\n".join(lines)
    (folder / "a.txt").write_text(text, encoding="utf-8")
    (folder / "crlf.txt").write_bytes(("\ufeff" + "\r\n\r\n".join(lines) + "\r\n").encode())
    (folder / "empty.txt").touch()
    (folder / "long.txt").write_text(text.replace("\n", "\r "), encoding="utf-8")
    (folder / "bad.txt").write_bytes(text.encode()[:5000] + b"\xe2\xffx\n" + text.encode())
    (folder / "old.txt").write_bytes(("ka\n" * 700 + "rä mi\n" * 700).encode("cp1252"))
    (folder / "utf16.txt").write_text(text, encoding="utf-16")
    (folder / "broken.txt").write_text("exam-\nple of my mother-in-\nlaw\n" * 100, encoding="utf-8")
    (folder / "z.txt.gz").write_bytes(gzip.compress(text.encode()))
    rows = [line for line in lines if line.strip()]
    (folder / "x.jsonl").write_text("".join(f'{{"text": "{row} a"}}\n' for row in rows), encoding="utf-8")
    (folder / "x.csv").write_text("id,text\n" + "".join(f'1,"{row}\n a"\n' for row in rows), encoding="utf-8")
    pq.write_table(pa.table({"text": rows}), folder / "x.parquet")
    with zipfile.ZipFile(folder / "x.zip", "w") as archive:
        archive.writestr("in.txt", text)
        archive.writestr("out.png", b"")
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["ka to mi", "e-mail 3.14"] * 20), model_writer=model, model_type="bpe",
        vocab_size=40, minloglevel=2, hard_vocab_limit=False,
    )  # fmt: skip
    (folder / "small.model").write_bytes(model.getvalue())
    return folder


@pytest.fixture(scope="module")
def tokenizers(texts):
    joined = Corpus.build([texts / "a.txt"], texts.parent / "plain", min_count=1).join_phrases(
        texts.parent / "joined", PhraseConfig(min_count=2, threshold=0.1)
    )
    assert joined.tokenizer.phrases is not None
    return {
        "word": Tokenizer("word"),
        "plain": Tokenizer("word", markup="strip", unicode="nfkc", accents="fold"),
        "whitespace": Tokenizer("whitespace"),
        "tweets": Tokenizer("tweets", handles="mask"),
        "sentencepiece": Tokenizer("sentencepiece", pieces=texts / "small.model"),
        "phrases": joined.tokenizer,
    }


def contents(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize(
    ("tokenizer", "files", "options"),
    [
        ("word", ["*.txt.gz", "a.txt", "empty.txt", "crlf.txt", "long.txt", "a.txt"], {"min_count": 1}),
        ("word", ["bad.txt", "a.txt"], {"encoding_errors": "replace", "max_vocab": 9, "stop_words": ["ka"]}),
        ("word", ["old.txt", "a.txt"], {"encoding": "cp1252"}),
        ("word", ["utf16.txt", "x.zip", "x.csv", "x.jsonl", "x.parquet"], {"vocabulary": {"ka", "rä"}}),
        ("word", ["broken.txt", "a.txt"], {"join_broken_words": True, "min_count": 1}),
        ("word", ["a.txt", "long.txt"], {"sentences": "en"}),
        ("plain", ["a.txt", "long.txt", "crlf.txt"], {"min_count": 1}),
        ("whitespace", ["a.txt", "long.txt", "crlf.txt"], {"min_count": 2}),
        ("tweets", ["a.txt", "long.txt"], {"min_count": 1}),
        ("sentencepiece", ["a.txt", "long.txt"], {"min_count": 1}),
        ("phrases", ["a.txt", "long.txt"], {"min_count": 1}),
    ],
)
def test_shards_make_the_corpus_that_one_reader_makes(
    tmp_path, texts, tokenizers, monkeypatch, tokenizer, files, options
):
    monkeypatch.chdir(texts)
    options["tokenizer"] = tokenizers[tokenizer]
    expected = Corpus.build(files, tmp_path / "one", threads=1, **options)
    events = []
    corpus = Corpus.build(files, tmp_path / "shards", engine="apart", on_progress=events.append, **options)
    assert contents(tmp_path / "shards") == contents(tmp_path / "one")
    assert corpus.notes == expected.notes
    assert events[-1].done == events[-1].total == sum(path["bytes"] for path in corpus.details["sources"])
    assert [event.done for event in events] == sorted(event.done for event in events)


def parts(path, encoder=None, size=SIZE):
    encoder = encoder or Encoder(Tokenizer("word"), ReadingConfig())
    return list(shards.cut_into_shards(find_sources([path]), encoder, size))


def test_only_plain_text_in_utf8_is_cut(texts, tokenizers):
    for name in ("a.txt", "crlf.txt", "long.txt", "bad.txt", "broken.txt", "old.txt"):
        assert len(parts(texts / name)) > 2, name
    for name in ("utf16.txt", "z.txt.gz", "x.jsonl", "x.csv", "x.parquet", "x.zip", "empty.txt"):
        assert parts(texts / name) == [find_sources([texts / name])], name
    for reading in ({"encoding": "cp1252"}, {"join_broken_words": True}):
        encoder = Encoder(Tokenizer("word"), ReadingConfig(**reading))
        assert len(parts(texts / "a.txt", encoder)) == 1
    whole_lines = Encoder(tokenizers["phrases"], ReadingConfig())
    assert len(parts(texts / "a.txt", whole_lines)) > 2
    assert len(parts(texts / "long.txt", whole_lines)) == 1


def test_shards_hold_all_bytes_once_and_end_where_lines_do(texts, monkeypatch):
    monkeypatch.setattr(shards, "_WINDOW", 1000)
    found = parts(texts / "a.txt")
    assert all(len(shard) == 1 for shard in found)
    stop = 0
    for (source,) in found:
        assert source.part.start == stop
        stop += source.size
        assert not source.part.goes_on
        assert stop == (texts / "a.txt").stat().st_size or source.size >= SIZE
        assert (texts / "a.txt").read_bytes()[stop - 1 : stop] == b"\n" or source == found[-1][0]
    assert stop == (texts / "a.txt").stat().st_size
    assert any(source.part.goes_on for (source,) in parts(texts / "long.txt"))


def test_small_files_share_a_shard(tmp_path):
    for i in range(300):
        (tmp_path / f"{i:03}.txt").write_text("some words\n")
    found = parts(tmp_path, size=1 << 20)
    assert [name for shard in found for name in shard] == find_sources([tmp_path])
    assert {len(shard) for shard in found[:-1]} == {16}


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(["a", "bc", "é", "\u3000", " ", "\n", "\r\n", "\ufeff", "BZh91AY&SY", "很", "-"])
    ),
    st.integers(1, 20),
    st.integers(1, 9),
)
def test_parts_are_read_as_the_whole_is(tmp_path_factory, pieces, size, window):
    path = tmp_path_factory.mktemp("parts") / "x.txt"
    path.write_text("".join(["a", *pieces]), newline="")
    encoder = Encoder(Tokenizer("whitespace"), ReadingConfig())
    shards._WINDOW = window
    whole = b"".join(encoder.reader(find_sources([path])))
    found = [b"".join(encoder.reader(shard)) for shard in parts(path, encoder, size)]
    assert b"".join(found) == whole


def test_errors_name_places_in_the_whole_file(tmp_path, monkeypatch):
    path = tmp_path / "x.txt"
    path.write_bytes(b"some words\n" * 1000 + b"\xff\n" + b"more\n" * 1000)
    for engine in ("local", "apart"):
        with pytest.raises(FormatError, match=r"x\.txt: byte 11000: expected UTF-8, found 0xff; "):
            Corpus.build([path], tmp_path / "out", engine=engine)
    path.write_bytes(b"some words\n" * 1000 + b"\0" + b"more\n" * 1000)
    with pytest.raises(FormatError, match=r"x\.txt: byte 11000: expected text, found a NUL byte"):
        Corpus.build([path], tmp_path / "out", engine="apart")
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"]


@pytest.mark.parametrize("change", [b"some", b"some words more\n" * 2000])
def test_a_file_that_is_another_one_when_it_is_read(tmp_path, change):
    encoder = Encoder(Tokenizer("word"), ReadingConfig())
    path = tmp_path / "x.txt"
    path.write_bytes(b"some words\n" * 1000)
    for size in (SIZE, 1 << 23):  # in parts, and whole
        path.write_bytes(b"some words\n" * 1000)
        found = parts(path, size=size)
        path.write_bytes(change)
        message = rf"x\.txt: expected 11,000 bytes, as at the start, found {len(change):,}"
        with pytest.raises(SourceError, match=message):
            list(encode_shard(encoder, found[-1]))
    path.unlink()
    with pytest.raises(SourceError, match=r"x\.txt: cannot be read: No such file or directory"):
        list(encode_shard(encoder, found[-1]))


def test_a_part_that_ends_while_it_is_read(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes(b"some words\n" * 1000)
    encoder = Encoder(Tokenizer("word"), ReadingConfig())
    ((last,),) = parts(path)[-1:]
    path.write_bytes(b"some words\n" * 999)
    with pytest.raises(SourceError, match=r"x\.txt: expected .* bytes, as at the start, found .*; it shrank"):
        list(encoder.reader([last]))


def test_a_large_file_comes_in_pieces(tmp_path):
    path = tmp_path / "x.txt.gz"
    path.write_bytes(gzip.compress(b"a b\n\n\n" * 400_000))
    encoder = Encoder(Tokenizer("word"), ReadingConfig())
    results = list(encode_shard(encoder, find_sources([path]), largest=500_000))
    sizes = [len(piece.block.ids) + len(piece.block.line_ends) for piece in results[:-1]]
    assert len(sizes) == 3
    assert sum(sizes) == 2_000_000
    assert max(sizes) < 1_500_000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"engine": "spark"}, "engine: expected one of local, ray, apart, found 'spark'"),
        ({"workers": 2}, "workers: expected an engine that has this option, found local"),
        ({"engine": "apart", "threads": 1}, "threads: expected an engine that has this option, found apart"),
    ],
)
def test_engines_and_their_options(tmp_path, options, message):
    (tmp_path / "x.txt").write_text("words")
    with pytest.raises(ConfigError) as caught:
        Corpus.build([tmp_path / "x.txt"], tmp_path / "out", **options)
    assert str(caught.value) == message
