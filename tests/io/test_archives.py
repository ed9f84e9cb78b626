"""Zip and tar archives, member by member: whole, odd, damaged and hostile."""

import gzip
import io
import tarfile
import zipfile

import pytest

from wordlab.errors import FormatError, WordlabError
from wordlab.io.archives import tar_members, zip_members
from wordlab.io.compression import ByteStream


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(files, format=tarfile.PAX_FORMAT, **fields):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=format) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            for field, value in fields.items():
                setattr(info, field, value)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def contents(members):
    return {
        str(member.path): None if member.content is None else member.content.read(1 << 20)
        for member in members
    }


def from_tar(data):
    return contents(tar_members(ByteStream(io.BytesIO(data), "x.tar", "")))


def from_zip(data):
    return contents(zip_members(io.BytesIO(data), "x.zip"))


FILES = {"b.txt": b"one", "a/../../c.txt": b"two", "long" * 60: b"", "z.gz": gzip.compress(b"three")}
READ = {"b.txt": b"one", "a/../../c.txt": b"two", "long" * 60: b"", "z.gz": b"three"}


@pytest.mark.parametrize("format", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_tar(format):
    data = tarred(FILES, format)
    assert from_tar(data) == from_tar(gzip.compress(data)) == READ
    assert list(from_tar(data)) == list(FILES)


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip(compression):
    assert from_zip(zipped(FILES, compression)) == READ
    assert from_zip(zipped({})) == {}


def test_what_is_not_a_file_has_no_content():
    for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
        assert from_tar(tarred({"x.txt": b""}, type=kind, linkname="/etc/passwd")) == {"x.txt": None}
    link = zipfile.ZipInfo("x.txt")
    link.external_attr = 0o120777 << 16
    assert from_zip(zipped({link: b"/etc/passwd"})) == {"x.txt": None}
    assert from_tar(tarred({"folder": b""}, type=tarfile.DIRTYPE)) == from_zip(zipped({"folder/": b""})) == {}


def test_a_file_with_a_password_is_named():
    data = bytearray(zipped({"secret.txt": b"text"}))
    for place in (data.index(b"PK\1\2") + 8, 6):
        data[place] |= 1
    with pytest.raises(FormatError, match=r"^x.zip: expected files without a password, found 'secret.txt'$"):
        from_zip(bytes(data))


def test_every_truncation_is_an_error():
    for whole, read in ((tarred(FILES), from_tar), (zipped(FILES), from_zip)):
        for length in [*range(1, 600, 7), *range(512, len(whole.rstrip(b"\0")), 512)]:
            with pytest.raises(WordlabError):
                read(whole[:length])


def test_a_damaged_header_is_not_the_end():
    data = bytearray(tarred({"a.txt": b"one", "b.txt": b"two"}))
    data[1024] ^= 1  # the name of the second
    with pytest.raises(FormatError, match=r"^x.tar: expected a tar archive, found damage \("):
        from_tar(bytes(data))


def test_an_archive_that_goes_on_after_its_end():
    with pytest.raises(FormatError, match=r"expected the end of a tar archive, found that it goes on"):
        from_tar(tarred({"a.txt": b"one"}) + tarred({"b.txt": b"two"}))


def test_a_header_may_not_be_huge():
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 30
    with pytest.raises(FormatError, match="a header of 1,073,741,824 bytes"):
        from_tar(info.tobuf(tarfile.GNU_FORMAT) + bytes(2048))


def test_damage_names_the_member():
    data = bytearray(zipped({"a.txt": b"one two three" * 20}, zipfile.ZIP_STORED))
    data[60] ^= 1
    with pytest.raises(FormatError, match=r"^x.zip/a.txt: expected a zip archive, found damage \(Bad CRC"):
        from_zip(bytes(data))
