"""Every input in every format, and every way it can be bad."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import sys

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
    assert reader.num_replaced == 3


def test_offsets_are_those_of_the_decompressed_text(tmp_path):
    path = write(tmp_path / "x.txt.gz", gzip.compress(b"a" * 3_000_000 + b"\n\xe5"))
    assert message(FormatError, path).startswith(f"{path}: byte 3000001: expected UTF-8, found 0xe5; ")


def test_replacement_characters_of_the_text_itself_are_not_counted(tmp_path):
    reader = BlockReader(find_sources([write(tmp_path / "x", "\ufffd\ufffd")]), encoding_errors="replace")
    assert (b"".join(reader).decode(), reader.num_replaced) == ("\ufffd\ufffd\n", 0)


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
    "type", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())]
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
        ('{"n": ' + "1" * 5000 + "}", ":3: expected a JSON object, found a number of too many digits"),
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
    assert (b"".join(reader).decode(), reader.num_replaced) == ("a\ufffdb 😀\n", 1)


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
@settings(max_examples=300, deadline=None)
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
