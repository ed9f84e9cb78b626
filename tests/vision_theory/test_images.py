"""Digits, idx files and folders of images; whatever is wrong with them is named."""

import gzip
import re
import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wordlab.errors import ConfigError, FormatError, SourceError
from wordlab.vision_theory.vision.idx import read_idx
from wordlab.vision_theory.vision.image_sources import DIRECTORIES, DirectoryReader, load_images
from wordlab.vision_theory.vision.images import Images, check_fits

FASHION = Path("/usr/share/datasets/fashion-mnist")
NAMES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)


def idx(array, kind=0x08):
    array = np.asarray(array, np.uint8)
    header = bytes((0, 0, kind, array.ndim)) + b"".join(struct.pack(">I", size) for size in array.shape)
    return header + array.tobytes()


@pytest.fixture
def parts():
    rng = np.random.default_rng(1)
    return {
        NAMES[0]: idx(rng.integers(0, 256, (6, 4, 5))), NAMES[1]: idx([0, 1, 2, 0, 1, 2]),
        NAMES[2]: idx(rng.integers(0, 256, (3, 4, 5))), NAMES[3]: idx([2, 1, 1]),
    }  # fmt: skip


def write(directory, parts, *, compress=False):
    directory.mkdir(exist_ok=True)
    for name, content in parts.items():
        path = directory / (f"{name}.gz" if compress else name)
        path.write_bytes(gzip.compress(content) if compress else content)
    return directory


def test_digits_are_split_in_the_same_way_always():
    data, again = load_images("digits"), load_images("digits")
    assert data.shape == (1, 8, 8)
    assert (len(data.train), len(data.test)) == (1437, 360)
    assert data.classes == tuple("0123456789")
    assert not data.mirrored
    assert np.array_equal(data.test.pixels, again.test.pixels)
    assert data.digest == again.digest
    assert np.bincount(data.test.labels).tolist() == [36, 36, 35, 37, 36, 37, 36, 36, 35, 36]
    assert np.bincount(np.concatenate((data.train.labels, data.test.labels))).min() == 174
    both = {row.tobytes() for row in data.train.pixels} & {row.tobytes() for row in data.test.pixels}
    assert not both  # no image in both


def test_statistics_of_channels():
    data = load_images("digits")
    mean, std = data.channel_statistics()
    assert mean == pytest.approx([data.train.pixels.mean()])
    assert std == pytest.approx([data.train.pixels.std()])


@pytest.mark.parametrize("compress", [False, True])
def test_idx_directories(tmp_path, parts, compress):
    data = load_images(write(tmp_path / "set", parts, compress=compress))
    assert data.name == "set"
    assert data.shape == (1, 4, 5)
    assert data.classes == ("0", "1", "2")
    assert data.train.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert data.test.pixels.tobytes() == parts[NAMES[2]][16:]


NO_IDX = "{0}: expected an idx file, which begins with two zero bytes, found another"
BAD_IDX = {
    "no idx file": (0, b"\x89PNG\r\n", NO_IDX),
    "an empty file": (0, b"", NO_IDX),
    "floats": (
        0, idx(np.zeros((6, 4, 5)), 0x0D),
        "{0}: expected unsigned bytes (type 0x08), found type 0x0d",
    ),
    "labels for images": (0, idx([0, 1, 2]), "{0}: expected 3 dimensions, found 1"),
    "images for labels": (1, idx(np.zeros((6, 4, 5))), "{1}: expected 1 dimensions, found 3"),
    "half a header": (0, idx(np.zeros((6, 4, 5)))[:9], "{0}: expected a header of 16 bytes, found 9"),
    "cut short": (0, idx(np.zeros((6, 4, 5)))[:-1], "{0}: expected 120 values (6 x 4 x 5), found 119"),
    "too long": (1, idx([0, 1, 2, 0, 1, 2]) + b"x", "{1}: expected 6 values (6), found more"),
    "none at all": (2, idx(np.zeros((0, 4, 5))), "{2}: expected at least one value, found none"),
    "fewer labels": (
        1, idx([0, 1, 2]),
        "{1}: expected 6 labels, one for each image of train-images-idx3-ubyte, found 3",
    ),
    "another size": (
        2, idx(np.zeros((3, 8, 8))),
        "{d}: expected test images of 4x5 as in training, found 8x8",
    ),
    "a class left out": (
        1, idx([0, 1, 4, 0, 1, 4]),
        "{d}: expected training images of the classes 0 to 4, found none of 2, 3",
    ),
    "one class": (1, idx([0] * 6), "{d}: expected training images of two or more classes, found one"),
    "an unknown label": (3, idx([2, 1, 9]), "{3}: expected labels from 0 to 2 as in training, found 9"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_IDX)
def test_damaged_idx_files_are_named(tmp_path, parts, case):
    which, content, message = BAD_IDX[case]
    directory = write(tmp_path / "set", {**parts, NAMES[which]: content})
    expected = message.format(*(directory / name for name in NAMES), d=directory)
    with pytest.raises(FormatError, match=f"^{re.escape(expected)}$"):
        load_images(directory)


def test_a_truncated_gzip_and_one_that_is_none(tmp_path, parts):
    directory = write(tmp_path / "set", parts, compress=True)
    path = directory / f"{NAMES[0]}.gz"
    whole = path.read_bytes()
    for content in (whole[:-20], whole[:40], b"no gzip", whole[:30] + b"\xff\xff" + whole[32:]):
        path.write_bytes(content)
        with pytest.raises(FormatError, match=f"^{re.escape(str(path))}: expected a whole gzip file, found"):
            load_images(directory)


def test_every_cut_of_an_idx_file_is_noticed(tmp_path, parts):
    path = tmp_path / "labels"
    for length in range(len(parts[NAMES[1]])):
        path.write_bytes(parts[NAMES[1]][:length])
        with pytest.raises(FormatError, match=r"labels: expected"):
            read_idx(path, num_dims=1)


def test_a_missing_file(tmp_path, parts):
    del parts[NAMES[3]]
    with pytest.raises(
        SourceError, match=r"t10k-labels-idx1-ubyte: expected this file, or the same with \.gz"
    ):
        load_images(write(tmp_path / "set", parts))


def test_what_is_not_data(tmp_path):
    with pytest.raises(
        SourceError, match="nowhere: expected 'digits' or a directory of images, found neither"
    ):
        load_images(tmp_path / "nowhere")
    message = (
        "expected images in train/CLASS/ and test/CLASS/, or train-images-idx3-ubyte and its like, "
        "found nothing of the kind"
    )
    with pytest.raises(FormatError, match=f"{message}$"):
        load_images(tmp_path)


def test_a_new_layout_is_a_file_and_a_line(tmp_path, monkeypatch):
    made = load_images("digits")
    reader = DirectoryReader(lambda path: (path / "all.bin").exists(), lambda path: made, "all.bin")
    monkeypatch.setitem(DIRECTORIES, "bin", reader)
    with pytest.raises(FormatError, match=r"and its like, or all\.bin, found nothing of the kind$"):
        load_images(tmp_path)
    (tmp_path / "all.bin").touch()
    assert load_images(tmp_path) is made


@pytest.fixture
def folder(tmp_path):
    """train/ and test/ with two grey images of 6x5 a class."""
    rng = np.random.default_rng(2)
    for part in ("train", "test"):
        for name in ("cat", "dog"):
            (tmp_path / "set" / part / name).mkdir(parents=True)
            for number in range(2):
                pixels = rng.integers(0, 256, (5, 6), dtype=np.uint8)
                Image.fromarray(pixels).save(tmp_path / "set" / part / name / f"{number}.png")
    return tmp_path / "set"


def recolour(path, mode, size=(6, 5)):
    Image.new(mode, size, 130 if mode == "L" else (255, 0, 9)).save(path)


def test_folders_of_images(folder):
    (folder / "train" / "cat" / "notes.txt").write_text("not an image")
    (folder / "train" / ".hidden").mkdir()
    data = load_images(folder)
    assert data.classes == ("cat", "dog")
    assert data.shape == (1, 5, 6)
    assert data.train.labels.tolist() == [0, 0, 1, 1]
    recolour(folder / "train" / "cat" / "1.png", "RGB")
    data = load_images(folder)
    assert data.shape == (3, 5, 6)
    assert data.train.pixels[1, :, 0, 0].tolist() == [255, 0, 9]
    assert np.array_equal(data.train.pixels[0, 0], data.train.pixels[0, 2])  # grey


def empty_class(folder):
    for path in (folder / "test" / "dog").iterdir():
        path.unlink()


def remove_class(part):
    def remove(folder):
        empty_class(folder)
        for path in (folder / part / "dog").iterdir():
            path.unlink()
        (folder / part / "dog").rmdir()

    return remove


BAD_FOLDERS = {
    "mixed sizes": (
        lambda folder: recolour(folder / "test" / "dog" / "1.png", "L", (6, 7)),
        "{f}/test/dog/1.png: expected 6x5 pixels, as {f}/train/cat/0.png has, found 6x7",
    ),
    "a class missing in test": (
        remove_class("test"), "{f}/test: expected a folder for the class 'dog', found none"
    ),
    "a class only in test": (
        lambda folder: (folder / "test" / "emu").mkdir(),
        "{f}/train: expected a folder for the class 'emu', found none",
    ),
    "one class": (
        remove_class("train"), "{f}/train: expected a folder for each of two or more classes, found 1"
    ),
    "a class without images": (
        empty_class,
        "{f}/test/dog: expected images (.png, .jpg, .jpeg, .bmp, .gif, .webp, .ppm, .pgm), found none",
    ),
    "no image": (
        lambda folder: (folder / "train" / "cat" / "0.png").write_text("text"),
        "{f}/train/cat/0.png: expected an image, found something else",
    ),
    "no test": (
        lambda folder: (folder / "test").rename(folder / "valid"),
        "{f}/test: expected a folder beside train with images to test with, found none",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_FOLDERS)
def test_folders_that_are_wrong_are_named(folder, case):
    change, message = BAD_FOLDERS[case]
    change(folder)
    with pytest.raises(FormatError, match=f"^{re.escape(message.format(f=folder))}$"):
        load_images(folder)


def test_truncated_images_are_named(folder):
    """Where a cut only takes checksums and the end mark, the pixels are all there and right."""
    path = folder / "test" / "cat" / "1.png"
    whole, expected = path.read_bytes(), load_images(folder).test.pixels
    named = 0
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        try:
            found = load_images(folder).test.pixels
        except FormatError as error:
            found, named = expected, named + str(error).startswith(f"{path}: expected")
        assert np.array_equal(found, expected)
    assert named >= (len(whole) - 24) // 3


def test_other_data_than_a_network_was_made_for(folder):
    data = load_images(folder)
    with pytest.raises(ConfigError, match=r"data: expected images of 1x8x8 .* found 1x5x6"):
        check_fits(data, (1, 8, 8), ("cat", "dog"))
    with pytest.raises(ConfigError, match="data: expected the classes cat, cow, found cat, dog"):
        check_fits(data, (1, 5, 6), ("cat", "cow"))


def test_subsets():
    images = Images(np.arange(20, dtype=np.uint8).reshape(10, 1, 1, 2), np.arange(10))
    chosen = images.subset(4, seed=1)
    assert len(chosen) == 4
    assert sorted(set(chosen.labels.tolist())) == chosen.labels.tolist()
    assert np.array_equal(chosen.pixels, images.pixels[chosen.labels])
    assert np.array_equal(chosen.labels, images.subset(4, seed=1).labels)
    assert images.subset(10, seed=1) is images


@pytest.mark.skipif(not FASHION.is_dir(), reason="Debian's package dataset-fashion-mnist is not installed")
def test_fashion_mnist_of_debian():
    data = load_images(FASHION)
    assert (len(data.train), len(data.test), data.shape) == (60_000, 10_000, (1, 28, 28))
    assert np.bincount(data.train.labels).tolist() == [6_000] * 10
    mean, std = data.channel_statistics()
    assert (mean[0] / 255, std[0] / 255) == pytest.approx((0.2860, 0.3530), abs=5e-5)  # known to all


# ------------------------------------------------------------------ images that would lose what they show


def animation(path):
    frames = [Image.new("RGB", (6, 5), colour) for colour in ("red", "blue", "white")]
    frames[0].save(path, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("save", "name", "found"),
    [
        (lambda path: Image.fromarray(np.full((5, 6), 40_000, np.uint16)).save(path), "0.png",
         "expected an image in grey or RGB with 8 bits a channel, found the mode I"),
        (lambda path: Image.new("CMYK", (6, 5)).save(path), "0.jpg",
         "expected an image in grey or RGB with 8 bits a channel, found the mode CMYK"),
        (animation, "0.gif", "expected a still image, found an animation"),
        (animation, "0.webp", "expected a still image, found an animation"),
        (animation, "0.png", "expected a still image, found an animation"),
    ],
    ids=["16 bits", "CMYK", "GIF", "WebP", "PNG"],
)  # fmt: skip
def test_images_that_would_lose_what_they_show(folder, save, name, found):
    path = folder / "train" / "cat" / name
    save(path)
    # pillow calls 16 bits I or I;16, by its version
    with pytest.raises(FormatError, match=rf"^{re.escape(f'{path}: {found}')}(;16)?$"):
        load_images(folder)


@pytest.mark.parametrize("pixels", [100, 250])  # Pillow warns of the former and refuses the latter
def test_images_that_are_too_large(folder, monkeypatch, pixels):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    path = folder / "train" / "cat" / "0.png"
    Image.new("L", (1, pixels + 1)).save(path)
    with pytest.raises(FormatError, match=r"0\.png: expected an image of at most 100 pixels, found a larger"):
        load_images(folder)


def test_damaged_images_are_read_or_refused(folder):
    rng = np.random.default_rng(5)
    for suffix in ("png", "jpg", "gif", "bmp", "webp", "ppm"):
        path = folder / "train" / "cat" / f"9.{suffix}"
        Image.fromarray(rng.integers(0, 256, (5, 6, 3), np.uint8)).save(path)
        whole = path.read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            for place in rng.integers(0, len(data), 3):
                data[place] = rng.integers(0, 256)
            path.write_bytes(data)
            with suppress(FormatError):  # and nothing else
                load_images(folder)
        path.unlink()


def test_a_small_file_that_unpacks_to_a_large_one(tmp_path, parts):
    directory = write(tmp_path / "set", parts, compress=True)
    path = directory / f"{NAMES[0]}.gz"
    header = bytes((0, 0, 8, 3)) + struct.pack(">III", 6, 4, 5)
    path.write_bytes(gzip.compress(header + bytes(50_000_000)))
    with pytest.raises(FormatError, match=r"expected 120 values \(6 x 4 x 5\), found more"):
        load_images(directory)
    path.write_bytes(gzip.compress(bytes((0, 0, 8, 3)) + struct.pack(">III", 2**32 - 1, 2**32 - 1, 9)))
    with pytest.raises(FormatError, match="expected at most 2,147,483,648 values, found 166,020"):
        load_images(directory)
