"""One reader and one writer for every compression."""

import bz2
import gzip
import io
import lzma
from random import Random

import pyarrow as pa
import pytest

from wordlab.errors import FormatError, SourceError
from wordlab.io.compression import (
    COMPRESSED_SUFFIXES,
    COMPRESSIONS,
    ByteStream,
    DamageError,
    Decompressed,
    compressed,
)

CONTENT = Random(7).randbytes(5000).hex().encode() + b"\n"  # noqa: S311 - not for secrets
OTHERS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstandard": lambda data: pa.compress(data, "zstd", asbytes=True),
}


class Trickle:
    """A stream that returns a byte or two at a time, as a pipe may."""

    def __init__(self, data, error=None):
        self._file = io.BytesIO(data)
        self._error = error

    def read(self, size=-1):
        data = self._file.read(min(size, 2))
        if not data and self._error:
            raise self._error
        return data


def everything(stream):
    return b"".join(iter(lambda: stream.read(1000), b""))


def test_every_compression_has_a_peer_here():
    assert COMPRESSIONS.keys() == OTHERS.keys()


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("content", [b"", b"x", CONTENT])
def test_what_is_written_is_read(name, content):
    file = io.BytesIO()
    with compressed(file, COMPRESSIONS[name].suffix.upper()) as stream:
        stream.write(content)
    assert not file.closed
    for data in (file.getvalue(), OTHERS[name](content)):
        for raw in (io.BytesIO(data), Trickle(data)):
            opened = Decompressed(raw)
            assert (opened.compression, everything(opened)) == (name, content)
            assert opened.num_read == len(data)


def test_other_suffixes_are_not_compressed():
    file = io.BytesIO()
    with compressed(file, ".txt") as stream:
        stream.write(b"plain")
    assert file.getvalue() == b"plain"
    for data in (b"", b"p", b"plain", b"BZh9 is how this text begins"):
        opened = Decompressed(Trickle(data))
        assert (opened.compression, everything(opened)) == (None, data)


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_cut_and_damaged(name):
    whole = OTHERS[name](CONTENT)
    with pytest.raises(DamageError) as caught:
        everything(Decompressed(io.BytesIO(whole[:-20])))
    assert caught.value.is_cut
    damaged = bytearray(whole)
    place = 8 if name == "zstandard" else len(whole) // 2
    damaged[place : place + 8] = b"\xff" * 8
    with pytest.raises(DamageError) as caught:
        everything(Decompressed(io.BytesIO(bytes(damaged))))
    assert not caught.value.is_cut


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_a_second_stream_is_read(name):
    data = OTHERS[name](b"one ") + OTHERS[name](b"two")
    assert everything(Decompressed(io.BytesIO(data))) == b"one two"


@pytest.mark.parametrize("name", ["gzip", "bzip2", "zstandard"])
def test_what_follows_a_stream_is_not_passed_over(name):
    damaged_second = b"\xff" + OTHERS[name](b"two")[1:]
    with pytest.raises(DamageError):
        everything(Decompressed(io.BytesIO(OTHERS[name](b"one ") + damaged_second)))


@pytest.mark.parametrize("name", [None, *COMPRESSIONS])
def test_a_source_that_fails_says_so(name):
    data = CONTENT if name is None else OTHERS[name](CONTENT)[:-20]
    stream = ByteStream(Trickle(data, OSError(5, "Input/output error")), "disk.txt", "")
    assert stream.compression == name
    with pytest.raises(SourceError) as caught:
        everything(stream)
    assert str(caught.value) == "disk.txt: cannot be read: Input/output error"
    with pytest.raises(SourceError, match=r"disk\.txt: cannot be read: Input/output error"):
        ByteStream(Trickle(b"", OSError(5, "Input/output error")), "disk.txt", "")


@pytest.mark.parametrize("suffix", COMPRESSED_SUFFIXES)
def test_messages(suffix):
    name = COMPRESSED_SUFFIXES[suffix]
    whole = OTHERS[name](CONTENT)
    with pytest.raises(SourceError) as caught:
        ByteStream(io.BytesIO(whole[:1]), "a", suffix)
    assert str(caught.value) == f"a: expected {name} data, found a file of 1 bytes"
    with pytest.raises(SourceError) as caught:
        everything(ByteStream(io.BytesIO(whole[:-20]), "a", suffix))
    assert str(caught.value).startswith(
        f"a: expected a whole {name} file, found one that is cut short (after "
    )
    place = 8 if name == "zstandard" else len(whole) // 2
    damaged = whole[:place] + b"\xff" * 8 + whole[place + 8 :]
    with pytest.raises(FormatError, match=f"^a: expected {name} data, found damage "):
        everything(ByteStream(io.BytesIO(damaged), "a", suffix))
