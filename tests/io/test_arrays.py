"""Arrays on disk: NumPy's own files are read, and whatever else a file can hold ends in one line."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from wordlab.errors import FormatError, SourceError
from wordlab.io.arrays import map_array, read_array, read_header


def header(text, num_bytes=0, version=1):
    data = text.encode("latin-1")
    length = len(data).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + data + bytes(num_bytes)


def facts(descr="'<f4'", order="False", shape="(3,)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.float32).reshape(3, 4),
        np.asfortranarray(np.arange(12, dtype=np.float64).reshape(3, 4)),
        np.zeros(0, np.int32),
        np.zeros((0, 3), np.float16),
        np.array(3),
        np.array([True, False]),
        np.arange(3, dtype=">i8"),
        np.array(["a", "naïve"]),
        np.array([b"a", b"bc"]),
        np.ones((2, 1, 3), np.int8),
    ],
    ids=lambda array: f"{array.dtype.str} {array.shape}",
)
def test_files_of_numpy_are_read(array, tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, array)
    found = read_array(path)
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    if array.flags.c_contiguous:
        mapped = map_array(path)
        assert isinstance(mapped, np.memmap)
        assert not mapped.flags.writeable
        np.testing.assert_array_equal(mapped, array)


@pytest.mark.parametrize("version", [1, 2, 3])
def test_versions_and_other_spellings_of_the_header(version, tmp_path):
    path = tmp_path / "a.npy"
    for text in (
        facts(),
        "{'shape':(3L,),\t\"descr\":'<f4' , 'fortran_order' : False}\n",
        facts() + " " * 50,
    ):
        path.write_bytes(header(text, 12, version))
        assert read_array(path).shape == (3,)


DAMAGED = {
    "booleans in the shape": header(facts(shape="(True,)"), 4),
    "a negative side": header(facts(shape="(-1,)")),
    "a side of 5,000 digits": header(facts(shape=f"({'9' * 5_000},)")),
    "a side beyond 64 bits": header(facts(shape="(0, 18446744073709551616)")),
    "no numbers, but too many": header(facts(shape="(0, 9000000000000000000)")),
    "an unclosed bracket": header("{'descr': '<f4', 'fortran_order': False, 'shape': ((("),
    "deep brackets": header("{'descr': " + "[" * 5_000),
    "deep signs": header(facts(shape="(" + "-" * 9_000 + "1,)")),
    "a number that is no tuple": header(facts(shape="(3)"), 12),
    "a key twice": header("{'descr': '<f4', 'descr': '<f4', 'shape': (3,)}", 12),
    "a key too few": header("{'descr': '<f4', 'shape': (3,)}", 12),
    "an order that is a number": header(facts(order="0"), 12),
    "Python objects": header(facts(descr="'|O'"), 24),
    "records": header(facts(descr="[('a', '<f4')]"), 12),
    "dates": header(facts(descr="'<M8[ns]'"), 24),
    "an unknown type": header(facts(descr="'<f3'"), 9),
    "strings of no length": header(facts(descr="'<U0'", shape="(1000000000000,)")),
    "code": header("__import__('os').abort()"),
    "a header that is not there": b"\x93NUMPY\x01\x00\xff\xff{",
    "half a header's length": b"\x93NUMPY\x02\x00\xff",
    "a version of the future": b"\x93NUMPY\x04\x00" + bytes(200),
    "the beginning alone": b"\x93NUMPY",
    "nothing": b"",
    "bytes too few": header(facts(), 11),
    "bytes too many": header(facts(), 13),
    "576 GB": header(facts(shape="(144000000000,)"), 64),
}


@pytest.mark.parametrize("damage", DAMAGED)
def test_damage_is_one_line(damage, tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(DAMAGED[damage])
    for read in (read_array, map_array):
        with pytest.raises(FormatError, match=r"a\.npy: expected .*, found ") as caught:
            read(path)
        assert len(str(caught.value).splitlines()) == 1
        assert len(str(caught.value)) < 300 + len(str(path))


def test_the_size_of_what_is_asked_for_is_named(tmp_path):
    path = tmp_path / "a.npy"
    path.write_bytes(DAMAGED["576 GB"])
    with pytest.raises(
        FormatError, match=r"expected 576000000000 bytes for float32 \(144000000000,\), found 64"
    ):
        read_array(path)


def test_other_files_are_named(tmp_path):
    path = tmp_path / "a.npy"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.npy", b"")
    for data, name in (
        (archive.getvalue(), "a zip archive"),
        (pickle.dumps([1]), "a pickle"),
        (b"{}", "JSON"),
    ):
        path.write_bytes(data)
        with pytest.raises(FormatError, match=f"a.npy: expected an array in NumPy's format, found {name}$"):
            map_array(path)


def test_what_is_wanted_is_named(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, np.zeros((3, 4), np.int64))
    assert read_array(path, dtype=("float32", "int64"), shape=(3, None)).shape == (3, 4)
    for options, message in (
        ({"dtype": "float32"}, r"expected float32, found int64 \(3, 4\)"),
        ({"dtype": ("<f4", "<f8"), "shape": (None, 5)},
         r"expected float32 or float64 of shape any x 5, found int64 \(3, 4\)"),
        ({"shape": (12,)}, r"expected numbers of shape 12, found int64 \(3, 4\)"),
        ({"dtype": ">i8"}, r"expected >i8, found int64"),
    ):  # fmt: skip
        with pytest.raises(FormatError, match=message):
            map_array(path, **options)


def test_columns_are_not_mapped(tmp_path):
    np.save(tmp_path / "a.npy", np.asfortranarray(np.zeros((3, 4))))
    with pytest.raises(FormatError, match=r"expected an array in C order, found Fortran order"):
        map_array(tmp_path / "a.npy")
    np.save(tmp_path / "a.npy", np.asfortranarray(np.zeros((3, 1))))
    assert map_array(tmp_path / "a.npy").shape == (3, 1)


def test_files_that_cannot_be_read(tmp_path):
    for path, why in ((tmp_path, "Is a directory"), (tmp_path / "none", "No such file or directory")):
        with pytest.raises(SourceError, match=f"cannot be read: {why}"):
            read_array(path)


def test_a_member_of_an_archive(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.arange(6).reshape(2, 3))
    with zipfile.ZipFile(tmp_path / "a.npz") as archive, archive.open("x.npy") as member:
        found = read_header(member, archive.getinfo("x.npy").file_size, "a.npz: x")
        assert found == (np.dtype("int64"), (2, 3), False, member.tell())
