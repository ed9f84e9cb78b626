import io
import stat
import tarfile
import zipfile

import pytest

from wordlab.embeddings.pretrained.archives import open_member
from wordlab.errors import FormatError, SourceError

TEXT = b"king 0.1 0.2\nqueen 0.3 0.4\n" * 1000


def make_zip(path, members, **options):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return path


def make_tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def read_all(path, member="v.txt", most_bytes=1 << 20):
    with open_member(path, member, most_bytes=most_bytes) as found:
        parts = []
        while data := found.read(1000):
            parts.append(data)
        return b"".join(parts)


def zip_link(name):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def tar_entry(name, type):
    info = tarfile.TarInfo(name)
    info.type = type
    info.linkname = "/etc/passwd"
    return info


@pytest.mark.parametrize("member", ["v.txt", "./v.txt"])
@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_one_member_is_read_and_nothing_written(tmp_path, make, member):
    path = make(tmp_path / "a", [("other.txt", b"no"), (member, TEXT), ("sub/more.txt", b"no")])
    assert read_all(path) == TEXT
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("mode", ["w", "w:bz2", "w:xz"])
def test_tar_in_other_compressions(tmp_path, mode):
    assert read_all(make_tar(tmp_path / "a.tar", [("v.txt", TEXT)], mode)) == TEXT


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_missing_member(tmp_path, make):
    path = make(tmp_path / "a", [("sub/v.txt", TEXT)])
    with pytest.raises(FormatError, match=r"a: expected a file 'v.txt' in the archive, found none$"):
        read_all(path)


@pytest.mark.parametrize("make", [make_zip, make_tar])
@pytest.mark.parametrize("name", ["../v.txt", "/v.txt", "sub/../../v.txt", "..\\v.txt", "C:\\v.txt"])
def test_paths_that_lead_out(tmp_path, make, name):
    path = make(tmp_path / "a", [(name, b"x"), ("v.txt", TEXT)])
    with pytest.raises(FormatError, match="expected plain files in the archive, found a path that leads out"):
        read_all(path)


@pytest.mark.parametrize("name", ["v.txt", "other.txt"])
def test_links_in_a_zip(tmp_path, name):
    path = make_zip(tmp_path / "a", [(zip_link(name), b"/etc/passwd"), ("w.txt", TEXT)])
    with pytest.raises(FormatError, match=f"found a link: '{name}'"):
        read_all(path, "w.txt")


@pytest.mark.parametrize("type", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar(tmp_path, type):
    path = make_tar(tmp_path / "a", [(tar_entry("v.txt", type), b""), ("v.txt", TEXT)])
    with pytest.raises(FormatError, match=r"found a link: 'v.txt'"):
        read_all(path)


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_member_larger_than_it_can_be(tmp_path, make):
    path = make(tmp_path / "a", [("v.txt", bytes(1 << 24))])
    with pytest.raises(FormatError, match=r"expected 'v.txt' of at most 1,048,576 bytes, found 16,777,216"):
        read_all(path)


def test_a_zip_that_lies_about_the_size(tmp_path):
    path = make_zip(tmp_path / "a", [("v.txt", TEXT)])
    data = path.read_bytes()
    honest = len(TEXT).to_bytes(4, "little")
    assert data.count(honest) == 2
    path.write_bytes(data.replace(honest, (100).to_bytes(4, "little")))
    with pytest.raises(FormatError, match=r"a:v.txt: expected a whole archive, found damage"):
        read_all(path)


def test_an_encrypted_member(tmp_path):
    path = make_zip(tmp_path / "a", [("v.txt", TEXT)])
    data = bytearray(path.read_bytes())
    data[6] |= 1  # in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # in the directory
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"expected a whole archive, found damage .*encrypted"):
        read_all(path)


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_every_cut_is_an_error(tmp_path, make):
    whole = make(tmp_path / "a", [("v.txt", TEXT)]).read_bytes()
    cut = tmp_path / "cut"
    for size in range(0, len(whole) - 10, 7):
        cut.write_bytes(whole[:size])
        with pytest.raises(FormatError):
            read_all(cut)


@pytest.mark.parametrize("make", [make_zip, make_tar])
def test_a_changed_byte_is_an_error_or_does_no_harm(tmp_path, make):
    whole = make(tmp_path / "a", [("v.txt", TEXT)]).read_bytes()
    changed = tmp_path / "changed"
    errors = 0
    for place in range(0, len(whole), 3):
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            assert read_all(changed) == TEXT
        except FormatError:
            errors += 1
    assert errors > len(whole) // 10


def test_no_archive(tmp_path):
    (tmp_path / "a").write_bytes(TEXT)
    with pytest.raises(FormatError, match="a: expected a zip or tar archive, found neither"):
        read_all(tmp_path / "a")


def test_no_file(tmp_path):
    with pytest.raises(SourceError, match="a: cannot be read: No such file or directory"):
        read_all(tmp_path / "a")


def test_what_the_reader_raises_is_not_the_archives_fault(tmp_path):
    path = make_zip(tmp_path / "a", [("v.txt", TEXT)])
    with pytest.raises(RuntimeError, match="mine"), open_member(path, "v.txt", most_bytes=1 << 20):
        raise RuntimeError("mine")
