"""Every input in every format, and every way it can be bad."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import sys
import tarfile
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.io import lines
from wordlab.text.reader import BlockReader
from wordlab.text.sources import find_sources
from wordlab.text.tokenizers.splitter import CHINESE_PUNCTUATION, SPACES

COMPRESS = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: pa.compress(data, "zstd", asbytes=True),
}
WRITES_VIEWS = pytest.mark.skipif(
    int(pa.__version__.partition(".")[0]) < 21, reason="pyarrow writes string_view from version 21 on"
)
TEXTS = ["The first “text”,", "second\tone, zwölf 很好", 'a "third" one']


def read(*inputs, **options):
    sources = find_sources(inputs, options.get("input_format"))
    return b"".join(BlockReader(sources, **options)).decode()


def message(error_type, *inputs, **options):
    with pytest.raises(error_type) as caught:
        read(*inputs, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("suffix", ["", *COMPRESS])
@pytest.mark.parametrize("name", ["x.txt", "x.unknown", "x"])
def test_text(tmp_path, name, suffix):
    data = "\n".join(TEXTS).encode()
    path = write(tmp_path / (name + suffix), COMPRESS.get(suffix, bytes)(data))
    assert read(path) == data.decode() + "\n"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_compression_shows_in_the_bytes_not_the_name(tmp_path, suffix):
    assert read(write(tmp_path / "plain.txt", COMPRESS[suffix](b"a b\n"))) == "a b\n"
    assert read(write(tmp_path / f"plain.txt{suffix}", b"plain text\n")) == "plain text\n"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_several_streams_in_one_file(tmp_path, suffix):
    compress = COMPRESS[suffix]
    assert read(write(tmp_path / f"x{suffix}", compress(b"a b\nc") + compress(b"d\n"))) == "a b\ncd\n"


@pytest.mark.parametrize("suffix", COMPRESS)
def test_every_truncation_is_an_error(tmp_path, suffix):
    whole = COMPRESS[suffix](os.urandom(300).hex().encode())
    for length in range(len(whole)):
        path = write(tmp_path / f"x.txt{suffix}", whole[:length])
        text = message(SourceError, path)
        assert text.startswith(f"{path}: expected ")
        assert "cut short" in text or f"found a file of {length} bytes" in text


@pytest.mark.parametrize("suffix", COMPRESS)
def test_damage_is_an_error(tmp_path, suffix):
    whole = bytearray(COMPRESS[suffix](os.urandom(3000).hex().encode()))
    # Arrow writes zstandard without check sums, so that only damage to its structure can be seen.
    place = 8 if suffix == ".zst" else len(whole) // 2
    whole[place : place + 8] = b"\xff" * 8
    assert "found damage" in message(FormatError, write(tmp_path / f"x{suffix}", bytes(whole)))


@pytest.mark.parametrize("read_size", [1, 3, 7, 1 << 20])
def test_invalid_utf8_names_the_byte(tmp_path, monkeypatch, read_size):
    monkeypatch.setattr(lines, "READ_SIZE", read_size)
    path = write(tmp_path / "x.txt", "zwölf 很\n".encode() + b"ab\xff\xfecd \xe5\xbe")
    assert message(FormatError, path).startswith(f"{path}: byte 13: expected UTF-8, found 0xff; ")
    reader = BlockReader(find_sources([path]), encoding_errors="replace")
    assert b"".join(reader).decode() == "zwölf 很\nab\ufffd\ufffdcd \ufffd\n"
    assert reader.findings.num_replaced == 3


def test_offsets_are_those_of_the_decompressed_text(tmp_path):
    path = write(tmp_path / "x.txt.gz", gzip.compress(b"a" * 3_000_000 + b"\n\xe5"))
    assert message(FormatError, path).startswith(f"{path}: byte 3000001: expected UTF-8, found 0xe5; ")


def test_replacement_characters_of_the_text_itself_are_not_counted(tmp_path):
    reader = BlockReader(find_sources([write(tmp_path / "x", "\ufffd\ufffd")]), encoding_errors="replace")
    assert (b"".join(reader).decode(), reader.findings.num_replaced) == ("\ufffd\ufffd\n", 0)


def test_byte_order_mark_and_crlf(tmp_path):
    assert read(write(tmp_path / "x.txt", "\ufeffone\r\ntwo")) == "one\r\ntwo\n"
    assert read(write(tmp_path / "x.csv", "\ufefftext,id\r\none,1\r\ntwo,2\r\n")) == "one\ntwo\n"
    assert read(write(tmp_path / "x.jsonl", '\ufeff{"text": "one"}\r\n')) == "one\n"
    assert read(write(tmp_path / "x.tsv", "id\ttext\r\n1\tone\r\n")) == "one\n"


def test_binary_garbage(tmp_path):
    path = write(tmp_path / "x.txt", b"some\n\0\1\2")
    assert message(FormatError, path) == (
        f"{path}: byte 5: expected text, found a NUL byte; is this a binary file?"
    )
    assert "found a NUL byte" in message(FormatError, path, encoding_errors="replace")


# Formats


def csv_bytes(rows, **options):
    file = io.StringIO()
    csv.writer(file, **options).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("suffix", ["", *COMPRESS])
@pytest.mark.parametrize("format", ["jsonl", "ndjson", "json", "csv", "tsv"])
def test_records(tmp_path, format, suffix):
    texts = [text.replace("\t", " ") for text in TEXTS]
    content = {
        "csv": csv_bytes([["id", "text"], *enumerate(texts)]),
        "tsv": "".join(f"{id}\t{text}\n" for id, text in [("id", "text"), *enumerate(texts)]),
    }.get(format, "\n\n".join(json.dumps({"id": 1, "text": text}) for text in texts))
    path = write(tmp_path / f"x.{format}{suffix}", COMPRESS.get(suffix, bytes)(content.encode()))
    assert read(path) == "\n".join(texts) + "\n"


@pytest.mark.parametrize(
    "type",
    [
        pa.string(),
        pa.large_string(),
        pytest.param(pa.string_view(), marks=WRITES_VIEWS),
        pa.dictionary(pa.int32(), pa.string()),
    ],
)
def test_parquet(tmp_path, type):
    path = tmp_path / "x.parquet"
    texts = [TEXTS[0], None, TEXTS[1], TEXTS[0]] * 1000
    column = pa.array(texts, pa.string()).cast(type)
    pq.write_table(pa.table({"id": range(4000), "body": column}), path, row_group_size=700)
    reader = BlockReader(find_sources([path]), text_column="body")
    assert b"".join(reader).decode() == "".join((text or "") + "\n" for text in texts)
    assert reader.num_read == path.stat().st_size
    assert read(path, text_column="1").startswith(TEXTS[0])
    assert message(FormatError, path) == f"{path}: expected a column 'text', found id, body"
    text = message(FormatError, path, text_column="id")
    assert text == f"{path}: expected strings in column 'id', found int64"


def test_bad_parquet(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"text": ["abc"] * 5000}), path)
    whole = path.read_bytes()
    for length in (0, 3, 100, len(whole) - 1):
        write(path, whole[:length])
        assert message(FormatError, path).startswith(f"{path}: expected a Parquet file, found damage (")
    invalid = pa.array([b"ok", b"\xff"], pa.binary()).view(pa.string())
    pq.write_table(pa.table({"text": invalid}), path)
    assert message(FormatError, path) == f"{path}: row 2: byte 0: expected UTF-8, found 0xff"
    assert read(path, encoding_errors="replace") == "ok\n\ufffd\n"
    packed = write(tmp_path / "x.parquet.gz", gzip.compress(whole))
    assert "found a compressed one" in message(SourceError, packed)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"id": 1, "title": "x"}', ":3: expected a field 'text', found id, title"),
        ("{}", ":3: expected a field 'text', found no field"),
        ('{"text": 5}', ":3: expected a string in field 'text', found a number"),
        ('{"text": null}', ":3: expected a string in field 'text', found null"),
        ('["text"]', ":3: expected a JSON object, found a list"),
        ('{"text": "x"', ":3: expected a JSON object on each line, found invalid JSON ("),
        ("[" * 100_000, ":3: expected a JSON object, found one that is nested too deep"),
        ('{"n": ' + "1" * 5000 + "}", ":3: expected a JSON object, found a number with too many digits"),
        ('{"text": "a", "text": "b"}', ":3: expected a field 'text', found it several times"),
        ('{"text": {}}', ":3: expected a string in field 'text', found an object"),
        ('{"text": NaN}', ":3: expected a string in field 'text', found a number"),
        (json.dumps({f"a{i}": 1 for i in range(30)}), ":3: expected a field 'text', found a0, a1, "),
        ('{"text": "\\ud800"}', ":3: expected Unicode text, found half a surrogate pair"),
    ],
)
def test_bad_json_lines(tmp_path, line, expected):
    path = write(tmp_path / "x.jsonl", '{"text": "ok"}\n\n' + line + "\n")
    assert message(FormatError, path).startswith(f"{path}{expected}")


def test_json_surrogates_can_be_replaced(tmp_path):
    path = write(tmp_path / "x.jsonl", '{"text": "a\\ud800b \\ud83d\\ude00"}')
    reader = BlockReader(find_sources([path]), encoding_errors="replace")
    assert (b"".join(reader).decode(), reader.findings.num_replaced) == ("a\ufffdb 😀\n", 1)


def test_csv_quoting_and_large_fields(tmp_path):
    limit = csv.field_size_limit()
    rows = [["text", "n"], ['line one\r\nline "two", more\u2028x', 1], ["x " * 300_000, 2]]
    path = write(tmp_path / "x.csv", csv_bytes(rows))
    assert read(path) == "".join(f"{row[0]}\n" for row in rows[1:])
    assert csv.field_size_limit() == limit


def test_columns_by_position(tmp_path):
    table = write(tmp_path / "x.csv", "0,one\n2,two\n")
    assert read(table, text_column="1", header=False) == "one\ntwo\n"
    assert read(table, text_column="1") == "two\n"
    assert read(write(tmp_path / "y.csv", "1,0\na,b\n"), text_column="1") == "a\n"  # names come first
    assert message(FormatError, table, text_column="2", header=False) == (
        f"{table}: row 1: expected a column 2 (counted from 0), found 2 columns"
    )
    assert message(FormatError, table) == f"{table}: row 1: expected a column 'text', found 0, one"
    assert message(ConfigError, table, header=False) == (
        "text_column: expected a position (0, 1, ...) without a header, found 'text'"
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("text,n\na,1\n\nb\n", ": row 4: expected 2 fields as in the first row, found 1"),
        ('text,n\na,1\n"b,2\n', ": row 3: expected CSV, found an error: "),
        ('text,n\n"a"b,1\n', ": row 2: expected CSV, found an error: "),
    ],
)
def test_bad_csv(tmp_path, content, expected):
    path = write(tmp_path / "x.csv", content)
    assert message(FormatError, path).startswith(f"{path}{expected}")


def test_tsv_has_no_quoting(tmp_path):
    path = write(tmp_path / "x.tsv", 'n\ttext\n1\t"open, and\n2\tb" shut\n')
    assert read(path) == '"open, and\nb" shut\n'
    bad = write(tmp_path / "y.tsv", "n\ttext\n1\ta\tb\n")
    assert message(FormatError, bad) == f"{bad}:2: expected 2 fields as in the first row, found 3"


def test_empty_files_are_no_error_here(tmp_path):
    paths = [write(tmp_path / f"x.{suffix}", "") for suffix in ("txt", "csv", "tsv", "jsonl")]
    assert read(*paths) == ""
    assert read(write(tmp_path / "x.gz", gzip.compress(b""))) == ""


# Which files


def test_directories_are_sorted_and_recursive(tmp_path):
    write(tmp_path / "d/b.txt", "b")
    write(tmp_path / "d/a/z.jsonl.gz", gzip.compress(b'{"text": "az"}'))
    write(tmp_path / "d/c.TSV", "text\nc")
    for ignored in ("d/.hidden.txt", "d/.git/x.txt", "d/picture.png", "d/x.gz"):
        write(tmp_path / ignored, b"\0")
    assert read(tmp_path / "d") == "az\nb\nc\n"
    empty = write(tmp_path / "empty/picture.png", b"\0").parent
    assert message(SourceError, empty).startswith(f"{empty}: expected files that end in one of .txt")


def test_patterns(tmp_path):
    for name in ("b.txt", "a.txt", "sub/c.txt", "a.md"):
        write(tmp_path / name, name)
    assert read(f"{tmp_path}/*.txt") == "a.txt\nb.txt\n"
    assert read(f"{tmp_path}/**/*.txt") == "a.txt\nb.txt\nsub/c.txt\n"
    assert read(f"{tmp_path}/s*") == "sub/c.txt\n"
    assert read(f"{tmp_path}/[as]*") == "a.md\na.txt\nsub/c.txt\n"
    assert read(f"{tmp_path}/[a]*") == "a.md\na.txt\n"
    assert read(write(tmp_path / "x[1].txt", "odd name")) == "odd name\n"
    text = message(SourceError, f"{tmp_path}/*.csv")
    assert text == f"{tmp_path}/*.csv: expected files that match the pattern, found none"


def test_missing_input_is_found_before_reading(tmp_path):
    good = write(tmp_path / "x.txt", b"\xff")
    text = message(SourceError, good, tmp_path / "missing.txt")
    assert text == f"{tmp_path / 'missing.txt'}: cannot be read: No such file or directory"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(tmp_path):
    path = write(tmp_path / "x.txt", "x")
    path.chmod(0)
    assert message(SourceError, path) == f"{path}: cannot be read: Permission denied"


def test_unreadable_file_whoever_we_are(tmp_path, monkeypatch):
    path = write(tmp_path / "x.txt", "x")
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert message(SourceError, path) == f"{path}: cannot be read: Permission denied"


def test_nonsense_options(tmp_path):
    path = write(tmp_path / "x.txt", "x")
    assert "input_format: expected one of text, jsonl" in message(ConfigError, path, input_format="xml")
    text = message(ConfigError, path, encoding_errors="ignore")
    assert text == "encoding_errors: expected one of strict, replace, found 'ignore'"
    assert "found none" in message(ConfigError)
    assert "several times" in message(ConfigError, "-", "-")


def test_input_format_overrides_the_name(tmp_path):
    path = write(tmp_path / "x.csv", '{"text": "a, b"}\n')
    assert read(path, input_format="jsonl") == "a, b\n"
    assert read(path, input_format="text") == '{"text": "a, b"}\n'


class Stdin:
    def __init__(self, data):
        self.buffer = io.BytesIO(data)
        self.closed = False


def test_standard_input(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(b"from stdin"))
    other = write(tmp_path / "x.txt", "file")
    assert read(other, "-", other) == "file\nfrom stdin\nfile\n"
    monkeypatch.setattr(sys, "stdin", Stdin(gzip.compress(b'{"text": "packed"}')))
    assert read("-", input_format="jsonl") == "packed\n"
    monkeypatch.setattr(sys, "stdin", Stdin(b"\xff"))
    assert message(FormatError, "-").startswith("stdin: byte 0: expected UTF-8, found 0xff; ")
    assert "Parquet cannot be read from standard input" in message(ConfigError, "-", input_format="parquet")
    monkeypatch.setattr(sys, "stdin", None)
    assert "expected standard input" in message(SourceError, "-")


# Blocks


@given(
    texts=st.lists(st.text("ab \n\r\t。，很\u3000", max_size=60), min_size=1, max_size=4),
    size=st.integers(1, 40),
    read_size=st.integers(1, 50),
    cut_after=st.sampled_from([SPACES, SPACES + CHINESE_PUNCTUATION]),
)
@settings(max_examples=300)
def test_blocks_lose_nothing_and_cut_no_token(tmp_path_factory, texts, size, read_size, cut_after):
    directory = tmp_path_factory.mktemp("blocks")
    paths = [write(directory / f"{i}.txt", text) for i, text in enumerate(texts)]
    expected = "".join(text if text.endswith("\n") or not text else text + "\n" for text in texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "READ_SIZE", read_size)
        reader = BlockReader(find_sources(paths), block_size=size, cut_after=cut_after)
        blocks = [block.decode() for block in reader]
    assert "".join(blocks) == expected
    assert all(block.endswith(("\n", *cut_after)) for block in blocks)


def test_long_lines_stay_bounded(tmp_path):
    words = write(tmp_path / "words.txt", "word " * 1_000_000)
    chinese = write(tmp_path / "chinese.txt", "很好吃，" * 400_000)
    for path, options in [(words, {}), (chinese, {"cut_after": "，"})]:
        sizes = [len(block) for block in BlockReader(find_sources([path]), block_size=100_000, **options)]
        assert max(sizes) <= 100_000
        assert min(sizes[:-1]) > 90_000


def test_a_line_without_any_place_to_cut(tmp_path):
    path = write(tmp_path / "x.txt", "x" * (3 << 20))
    assert message(FormatError, path, max_record=1) == (
        f"{path}: expected white space or a line break within 1 MiB, found none; is this a text? "
        "If it is, --max-record allows more"
    )
    assert read(path, max_record=3) == "x" * (3 << 20) + "\n"
    path = write(tmp_path / "y.txt", "x" * (2 << 20) + " y" * (1 << 20))
    assert read(path, block_size=100) == path.read_text() + "\n"


def test_progress_counts_the_bytes_of_the_files(tmp_path):
    data = gzip.compress(os.urandom(2 << 20).hex().encode())
    paths = [write(tmp_path / f"{i}.txt.gz", data) for i in range(2)]
    reader = BlockReader(find_sources(paths), block_size=1000, cut_after=SPACES)
    seen = [reader.num_read]
    for path in paths:
        assert path.stat().st_size > 1 << 20
    for _ in reader._pieces():
        seen.append(reader.num_read)
    assert seen == sorted(seen)
    assert len(set(seen)) > 4
    assert reader.num_read == reader.total == sum(path.stat().st_size for path in paths)


# Archives


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def tarred(path, mode="w:gz", **files):
    with tarfile.open(path, mode) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            data = content.encode() if isinstance(content, str) else content
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_texts_in_archives(tmp_path, pack):
    path = pack(
        tmp_path / "x.bin",
        b__txt="one",
        a__csv="n;text\n1;two\n",
        c__jsonl__gz=gzip.compress(b'{"text": "three"}'),
        d__log="left out",
        __hidden__txt="hidden",
    )
    reader = BlockReader(find_sources([path]))
    assert b"".join(reader) == b"one\ntwo\nthree\n"
    assert [note.partition(",")[0] for note in reader.findings.notes("utf-8")] == [
        f"{path}: 1 file (d.log) left out of the archive"
    ]
    assert reader.num_read == reader.total == path.stat().st_size


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_of_one_file(tmp_path, pack):
    assert read(pack(tmp_path / "text8.zip", text8="anarchism originated")) == "anarchism originated\n"
    two = pack(tmp_path / "two", one="1", two="2")
    known = ".txt .text .jsonl .ndjson .json .csv .tsv .parquet"
    assert message(SourceError, two) == (
        f"{two}: expected files in the archive that end in one of {known}, found 2 files (one, two)"
    )
    bad = pack(tmp_path / "bad", a__txt=b"\xff")
    assert message(FormatError, bad).startswith(f"{bad}/a.txt: byte 0: expected UTF-8, found 0xff; ")
    nested = pack(tmp_path / "nested", a__zip=zipped(tmp_path / "inner", a__txt="a").read_bytes())
    assert (
        message(FormatError, nested) == f"{nested}/a.zip: expected text, found a zip archive; unpack it first"
    )


def test_archives_from_pipes(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(tarred(tmp_path / "x", a__txt="a", b__txt="b").read_bytes()))
    assert read("-") == "a\nb\n"
    monkeypatch.setattr(sys, "stdin", Stdin(zipped(tmp_path / "x", a__txt="a").read_bytes()))
    assert message(FormatError, "-") == "stdin: expected text, found a zip archive; unpack it first"


# Encodings and delimiters


def test_an_encoding_for_all_formats(tmp_path):
    for name, content in [
        ("x.txt", "été"),
        ("x.csv", "text\nété"),
        ("x.tsv", "text\nété"),
        ("x.jsonl", '{"text": "été"}'),
    ]:
        path = write(tmp_path / name, content.encode("cp1252"))
        assert read(path, encoding="cp1252") == "été\n"
        assert message(FormatError, path).endswith("if it is cp1252, as it seems, use --encoding cp1252")
        assert read(write(tmp_path / name, content.encode("utf-16"))) == "été\n"
    utf8 = write(tmp_path / "y.txt", "Bär")
    reader = BlockReader(
        find_sources([utf8, write(tmp_path / "z.txt", "Bär".encode("cp1252"))]), encoding="cp1252"
    )
    assert b"".join(reader).decode() == "Bär\nBär\n"
    assert reader.findings.notes("cp1252") == [
        "1 file (y.txt) read as UTF-8, as the bytes show, not as cp1252"
    ]
    assert message(ConfigError, utf8, encoding="hex").startswith("encoding: expected utf-8, ")


def test_files_that_cannot_be_read_are_listed_before_the_first_is_read(tmp_path):
    good = write(tmp_path / "a.txt", "gut")
    bad = [write(tmp_path / f"b{i}.txt.gz", gzip.compress("schön\n".encode("cp1252"))) for i in range(8)]
    archive = zipped(tmp_path / "x.zip", a__txt=b"\xff")

    def found(*paths, **options):
        with pytest.raises(FormatError) as caught:
            BlockReader(find_sources(paths), **options).check_beginnings()
        return str(caught.value)

    first = (
        f"{bad[0]}: byte 3: expected UTF-8, found 0xf6; if it is cp1252, as it seems, use --encoding cp1252"
    )
    assert found(good, bad[0], archive) == first
    assert found(good, *bad) == (
        f"8 of 9 files cannot be read. {first}. The others: {', '.join(map(str, bad[1:6]))} and 2 more"
    )
    BlockReader(find_sources([good, *bad]), encoding="cp1252").check_beginnings()
    BlockReader(find_sources([good, *bad]), encoding_errors="replace").check_beginnings()
    assert "found a PDF" in found(good, write(tmp_path / "c.txt", b"%PDF-1.4"), encoding_errors="replace")


def test_delimiters(tmp_path):
    path = write(tmp_path / "x.csv", "id;text\n1;good, very\n2;bad\n")
    assert read(path) == read(path, delimiter=";") == "good, very\nbad\n"
    assert (
        message(FormatError, path, delimiter=",") == f"{path}: row 1: expected a column 'text', found id;text"
    )
    assert "use --delimiter ';'" in message(FormatError, path, header=False, text_column="1")
    assert read(path, header=False, text_column="1", delimiter=";") == "text\ngood, very\nbad\n"
    assert read(write(tmp_path / "x.tsv", "id|text\n1|a\n"), delimiter="|") == "a\n"
    assert read(write(tmp_path / "y.csv", "id\ttext\n1\ta\n"), delimiter="tab") == "a\n"


def test_one_limit_for_all_formats(tmp_path):
    long = "x" * (1 << 20)
    contents = {
        "x.txt": long + long, "x.csv": f'text\n"{long}\n{long}"\n', "y.csv": f"text\n{long}{long}",
        "x.tsv": f"text\n{long}{long}", "x.jsonl": f'{{"text": "{long}{long}"}}',
    }  # fmt: skip
    for name, content in contents.items():
        for suffix, compress in ((".gz", gzip.compress), ("", bytes)):
            path = write(tmp_path / (name + suffix), compress(content.encode()))
            text = message(FormatError, path, max_record=1)
            assert text.startswith(f"{path}: ")
            assert text.endswith("--max-record allows more")
            assert len(read(path, max_record=3)) > 2 << 20
    pq.write_table(pa.table({"text": [long + long]}), tmp_path / "x.parquet")
    assert "--max-record" in message(FormatError, tmp_path / "x.parquet", max_record=1)
    assert "expected a whole number from 1" in message(ConfigError, path, max_record=0)


# What is left out, what shrinks, what is no file


def test_what_a_folder_leaves_out_is_said(tmp_path):
    for name in ("a.txt", "sub/b.csv", "c.log", "sub/d.log", "e.png", "README", ".hidden.log"):
        write(tmp_path / "folder" / name, "text\n")
    folder = tmp_path / "folder"
    (folder / "link").symlink_to(folder)
    os.mkfifo(folder / "pipe.txt")
    notes = []
    assert [source.path.name for source in find_sources([folder], None, notes)] == ["a.txt", "b.csv"]
    assert notes == [
        f"{folder}: 4 files (README, c.log, e.png, ...) left out, because only "
        ".txt .text .jsonl .ndjson .json .csv .tsv .parquet are read; to read others, name them or give a "
        f"pattern, such as '{folder}/**/*.log'",
        f"{folder}: 1 file (pipe.txt) left out, because only regular files are read",
        f"{folder}: 1 linked folder (link) left out; name them to read what is in them",
    ]
    notes = []
    assert len(find_sources([f"{folder}/**/*.log", f"{folder}/*.txt"], None, notes)) == 3
    assert notes == [f"{folder}/*.txt: 1 file (pipe.txt) left out, because only regular files are read"]
    (tmp_path / "other").mkdir()
    os.mkfifo(tmp_path / "other" / "pipe.txt")
    assert "found none" in message(SourceError, tmp_path / "other")


def test_a_named_pipe_is_read(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(path.write_bytes, "straße\n".encode("latin-1"))
        assert read(path, encoding="latin-1") == "straße\n"


@pytest.mark.parametrize("suffix", ["", *COMPRESS])
def test_a_file_that_shrinks_is_an_error(tmp_path, suffix):
    data = os.urandom(1 << 20).hex(" ").encode() + b"\n"
    whole = COMPRESS.get(suffix, bytes)(data) * 2
    path = write(tmp_path / "x.txt", whole)
    blocks = iter(BlockReader(find_sources([path]), block_size=1000))
    with pytest.raises(SourceError, match=r"x.txt: expected .*(as at the start, found|cut short)"):
        for _ in blocks:
            os.truncate(path, len(whole) // 2)
    path = write(tmp_path / "y.txt", "whole\n" * 9)
    sources = find_sources([path])
    path.write_text("less\n")
    with pytest.raises(SourceError) as caught:
        list(BlockReader(sources))
    assert str(caught.value) == (
        f"{path}: expected 54 bytes, as at the start, found 5; it shrank while it was read"
    )
    path.unlink()
    with pytest.raises(SourceError, match="cannot be opened: No such file"):
        list(BlockReader(sources))


def test_inputs_that_are_not_paths():
    for bad in (5, None, b"x.txt"):
        with pytest.raises(TypeError, match="inputs: expected paths, found"):
            find_sources([bad])
    assert message(SourceError, "x\0y").endswith("cannot be read: embedded null byte")
