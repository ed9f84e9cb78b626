"""Texts in other encodings: by their mark, by name, and what is said about those that were not named."""

import io

import pytest

from wordlab.errors import ConfigError, FormatError
from wordlab.io import lines
from wordlab.io.compression import ByteStream
from wordlab.io.encodings import (
    check_encoding,
    encoding_hint,
    extends_ascii,
    keeps_ascii,
    likely_encoding,
    unmarked_utf16,
)
from wordlab.io.lines import Decoder, decoded_lines

TEXT = "Füße, Straße,\nein Café – “gut”\n"
ASCII = "plain\n" * 10


def decoded(data, **options):
    decoder = Decoder(**options)
    return b"".join(decoder.stream(ByteStream(io.BytesIO(data), "x", ""))).decode(), decoder


def message(data, **options):
    with pytest.raises(FormatError) as caught:
        decoded(data, **options)
    return str(caught.value)


@pytest.mark.parametrize("read_size", [1, 2, 3, 5, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be", "utf-32-be"])
def test_a_byte_order_mark_takes_precedence(monkeypatch, encoding, read_size):
    monkeypatch.setattr(lines, "READ_SIZE", read_size)
    mark = "\ufeff" if encoding.endswith("-be") else ""  # Python writes the others'
    data = (mark + TEXT + "😀").encode(encoding)
    for named in ("utf-8", "cp1252", "utf-16"):
        assert decoded(data, encoding=named)[0] == TEXT + "😀"


@pytest.mark.parametrize("read_size", [1, 2, 3, 5, 1 << 20])
@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-16-le", "utf-16-be", "utf-32-le", "gb18030", "utf-7", "mac-roman"]
)
def test_an_encoding_by_name(monkeypatch, encoding, read_size):
    monkeypatch.setattr(lines, "READ_SIZE", read_size)
    for text in (TEXT, ASCII + TEXT, ""):
        assert decoded(text.encode(encoding), encoding=encoding)[0] == text


@pytest.mark.parametrize("read_size", [1, 2, 3, 59, 60, 61, 62, 1 << 20])
def test_utf8_is_read_as_such_whatever_was_named(monkeypatch, read_size):
    monkeypatch.setattr(lines, "READ_SIZE", read_size)
    for named in ("cp1252", "shift_jis", "gbk"):
        text, decoder = decoded((ASCII + TEXT).encode(), encoding=named)
        assert (text, decoder.read_as_utf8) == (ASCII + TEXT, ["x"])
    assert decoded(ASCII.encode(), encoding="cp1252")[1].read_as_utf8 == []
    late = (ASCII + TEXT).encode() + "später".encode("latin-1") * 2
    monkeypatch.setattr(lines, "READ_SIZE", 80)
    assert message(late, encoding="cp1252").startswith(
        f"x: byte {len((ASCII + TEXT).encode()) + 2}: expected UTF-8"
    )


def test_ascii_compatible():
    assert extends_ascii("cp1252")
    assert extends_ascii("gb18030")
    assert not any(map(extends_ascii, ["ascii", "utf-16-le", "utf-7", "iso2022_jp", "cp037", "hz"]))
    assert all(map(keeps_ascii, ["ascii", "utf-8", "cp1252", "iso2022_jp"]))
    assert not any(map(keeps_ascii, ["utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"]))


def test_utf16_without_a_mark_must_name_its_order():
    data = TEXT.encode("utf-16-le")
    assert message(data, encoding="utf-16") == (
        "x: expected a byte-order mark, as the encoding is utf-16, found none; "
        "use --encoding utf-16-le or utf-16-be"
    )
    assert message(data.replace(b"\xfc", b"u")).endswith(
        "if it is UTF-16, as it seems, use --encoding utf-16-le"
    )
    assert message(ASCII.encode("utf-16-be")).endswith("as it seems, use --encoding utf-16-be")
    assert message(b"\0\0\0\0binary\0\0\0").endswith("is this a binary file?")


def test_utf16_is_known_by_its_zeros():
    assert unmarked_utf16(TEXT.encode("utf-16-le")) == "utf-16-le"
    assert unmarked_utf16(TEXT.encode("utf-16-be")[:-1]) == "utf-16-be"
    for other in (
        b"",
        ASCII.encode(),
        "Привет".encode("utf-16-le"),
        b"w " + b"\0\0\x80\x3f" * 9,
        b"\0abc" * 9,
    ):
        assert unmarked_utf16(other) is None


def test_invalid_bytes_of_other_encodings_are_named_or_counted(monkeypatch):
    monkeypatch.setattr(lines, "READ_SIZE", 4)
    data = b"abcdefg\x81\xff\n"
    assert message(data, encoding="cp1252") == (
        "x: byte 7: expected cp1252, found 0x81; --encoding names another encoding"
    )
    text, decoder = decoded(data, encoding="cp1252", strict=False)
    assert (text, decoder.num_replaced) == ("abcdefg\ufffdÿ\n", 1)
    assert "found a NUL byte" in message(b"a\xff\0", encoding="latin-1")
    assert message(b"\xff\xfe\x00\xd8\x00\x00").startswith("x: byte ")


@pytest.mark.parametrize(
    "encoding",
    ["zlib", "rot13", "hex", "base64", "bz2", "uu", "quopri", "klingon", "", "a\0b", "\ud800", "x" * 10_000,
     "idna", "punycode", "undefined", "unicode_escape", "raw-unicode-escape", "os", "aliases", "../utf-8"],
)  # fmt: skip
def test_codecs_that_are_not_of_text(encoding):
    with pytest.raises(ConfigError, match=r"^encoding: expected utf-8, utf-16, cp1252 or the like, found "):
        check_encoding(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf_8", "U8", "utf-8-sig", "cp65001"])
def test_spellings_of_utf8(encoding):
    assert check_encoding(encoding) == "utf-8"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Le café est très bon ici\n", "cp1252"),
        ("Привет, как дела? " * 5, "cp1251"),
        ("これは日本語の文章です。" * 5, "cp932"),
    ],
)
def test_the_error_says_what_it_seems_to_be(text, encoding):
    data = text.encode(encoding)
    assert likely_encoding(data) == encoding
    assert message(data).endswith(f"; if it is {encoding}, as it seems, use --encoding {encoding}")
    assert decoded(data, encoding=encoding)[0] == text


@pytest.mark.parametrize("data", [b"", "Füße".encode()])
def test_the_error_does_not_take_utf8_for_another_encoding(data):
    assert likely_encoding(data) is None
    assert encoding_hint(data) == "--encoding names another encoding"


def test_the_encoding_is_judged_where_it_matters():
    data = b"plain text\n" * 10_000 + "Le café est très bon ici\n".encode("cp1252")
    assert likely_encoding(data) == "ascii"
    assert likely_encoding(data, data.index(b"\xe9")) == "cp1252"


def test_an_empty_text_needs_no_mark():
    for encoding in ("utf-8", "utf-16", "utf-32", "utf-16-le", "cp1252", "utf-7"):
        assert decoded(b"", encoding=encoding)[0] == ""


KINDS = {
    b"%PDF-1.7\n": "a PDF; convert it to text first, with pdftotext for example",
    b"\x89PNG\r\n\x1a\n": "a PNG image",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive; unpack it first",
    b"Rar!\x1a\x07\x01": "a RAR archive; unpack it first",
    b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml": "an Office document; convert it to text first",
    b"PK\x03\x04" + bytes(26) + b"x.txt": "a zip archive; unpack it first",
    bytes(257) + b"ustar\x0000": "a tar archive; unpack it first",
    b"\x1f\x8b\x08": "gzip data; it was compressed twice: decompress it once",
    b"{\\rtf1\\ansi": "an RTF document; convert it to text first",
}


@pytest.mark.parametrize("head", KINDS, ids=list(KINDS.values()))
def test_files_that_hold_no_text_are_named(head):
    stream = ByteStream(io.BytesIO(b""), "x", "")
    stream._peeked = head + bytes(600)  # as if decompressed
    with pytest.raises(FormatError) as caught:
        list(Decoder().stream(stream))
    assert str(caught.value) == f"x: expected text, found {KINDS[head]}"


def test_decoded_lines_end_at_the_limit():
    stream = ByteStream(io.BytesIO(b"a\n" + b"b" * 3000), "x", "")
    with pytest.raises(FormatError) as caught:
        list(decoded_lines(stream, longest=2000))
    assert str(caught.value) == (
        "x: byte 2: expected the end of a line within 2000 bytes, found none; --max-record allows more"
    )
