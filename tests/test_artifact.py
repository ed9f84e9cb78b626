import hashlib
import json
import os
import subprocess
import sys
import threading

import pytest

from wordlab import artifact
from wordlab.errors import ArtifactError, OutputExistsError
from wordlab.io.digests import file_digest


def make(path, *, text="hello", overwrite=False):
    with artifact.create(path, kind="thing", format_version=1, overwrite=overwrite) as draft:
        draft.payload("words.txt").write_text(text)
        draft.details["seed"] = 1
    return path


def load(path, **options):
    return artifact.load(path, kind="thing", format_version=1, **options)


def test_round_trip(tmp_path):
    thing = load(make(tmp_path / "deep" / "thing"))
    assert thing.payload("words.txt").read_text() == "hello"
    assert thing.details == {"seed": 1}
    assert thing.manifest["libraries"].keys() >= {"wordlab", "numpy"}
    with pytest.raises(ArtifactError, match=r"manifest.json: expected a payload 'other.txt', found none"):
        thing.payload("other.txt")


def test_equal_content_gives_an_equal_digest(tmp_path):
    one, two, three = (load(make(tmp_path / name, text=text)) for name, text in ("ax", "bx", "cy"))
    assert one.digest == two.digest != three.digest


def test_an_error_leaves_nothing(tmp_path):
    with (
        pytest.raises(RuntimeError),
        artifact.create(tmp_path / "thing", kind="thing", format_version=1) as draft,
    ):
        draft.payload("words.txt").write_text("half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_overwriting_leaves_the_old_one(tmp_path):
    path = make(tmp_path / "thing")
    with (
        pytest.raises(RuntimeError),
        artifact.create(path, kind="thing", format_version=1, overwrite=True) as draft,
    ):
        draft.payload("words.txt").write_text("half")
        raise RuntimeError
    assert load(path).payload("words.txt").read_text() == "hello"
    assert list(tmp_path.iterdir()) == [path]


def test_killed_while_writing_leaves_the_old_one_whole(tmp_path):
    path = make(tmp_path / "thing")
    script = (
        "import os, signal, sys; from wordlab import artifact\n"
        "with artifact.create(sys.argv[1], kind='thing', format_version=1, overwrite=True) as draft:\n"
        "    draft.payload('words.txt').write_text('half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert subprocess.run([sys.executable, "-c", script, path]).returncode == -9
    assert load(path).payload("words.txt").read_text() == "hello"


def test_overwriting_is_asked_for(tmp_path):
    path = make(tmp_path / "thing")
    with pytest.raises(OutputExistsError, match="exists already; choose another name or use --overwrite"):
        make(path)
    make(path, text="new", overwrite=True)
    assert load(path).payload("words.txt").read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_overwriting_never_deletes_what_is_not_ours(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "letter.txt").write_text("dear")
    with pytest.raises(OutputExistsError, match="exists and is not a wordlab artefact; left unchanged"):
        make(home, overwrite=True)
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(OutputExistsError, match="exists and is not a directory"):
        make(file, overwrite=True)
    assert (home / "letter.txt").read_text() == "dear"


def test_an_empty_directory_may_be_filled(tmp_path):
    path = tmp_path / "thing"
    path.mkdir()
    assert load(make(path)).details == {"seed": 1}


def test_a_full_disk_is_one_line(tmp_path):
    with (
        pytest.raises(ArtifactError, match="thing: cannot be written: No space left on device"),
        artifact.create(tmp_path / "thing", kind="thing", format_version=1) as draft,
    ):
        draft.payload("words.txt").symlink_to("/dev/full")
        draft.payload("words.txt").write_text("much")
    assert list(tmp_path.iterdir()) == []


def test_an_unwritable_place_is_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ArtifactError, match=r"cannot be written: .*file is not a directory"):
        make(file / "thing")


def damage_size(path):
    (path / "words.txt").write_text("hell")


def damage_bytes(path):
    (path / "words.txt").write_text("hallo")


def damage_absent(path):
    (path / "words.txt").unlink()


def damage_manifest(path):
    (path / "manifest.json").write_text("{")


def damage_manifest_list(path):
    (path / "manifest.json").write_text("[]")


def damage_no_manifest(path):
    (path / "manifest.json").unlink()


def damage_escape(path):
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["payloads"] = {"../secret": {"bytes": 1, "sha256": ""}}
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_size, "words.txt: expected 5 bytes, found 4"),
        (
            damage_bytes,
            "words.txt: expected SHA-256 2cf24dba5fb0…, found .*…: the file was changed or damaged",
        ),
        (damage_absent, "words.txt: expected a payload of 5 bytes, found no file"),
        (damage_manifest, "manifest.json: expected JSON, found a damaged file"),
        (damage_manifest_list, "manifest.json: expected a wordlab manifest with 'kind', found none"),
        (damage_no_manifest, "thing: expected an artefact made by wordlab, found no manifest.json"),
        (damage_escape, "manifest.json: expected the name of a payload, found '../secret'"),
    ],
)
def test_damage_is_named(tmp_path, damage, message):
    path = make(tmp_path / "thing")
    damage(path)
    with pytest.raises(ArtifactError, match=message):
        load(path)


def test_digests_can_be_left_unread(tmp_path):
    path = make(tmp_path / "thing")
    damage_bytes(path)
    assert load(path, verify=False).details == {"seed": 1}


def test_foreign_kinds_and_versions_are_named(tmp_path):
    path = make(tmp_path / "thing")
    with pytest.raises(ArtifactError, match="thing: expected an artefact of kind 'corpus', found 'thing'"):
        artifact.load(path, kind="corpus", format_version=1)
    with pytest.raises(
        ArtifactError, match=r"expected thing format version 2, found 1 \(written by wordlab "
    ):
        artifact.load(path, kind="thing", format_version=2)
    with pytest.raises(ArtifactError, match="expected an artefact made by wordlab, found no directory"):
        artifact.load(tmp_path / "nowhere", kind="thing", format_version=1)


def test_nothing_in_the_manifest_depends_on_the_clock_or_the_place(tmp_path):
    text = (make(tmp_path / "thing") / "manifest.json").read_text()
    assert str(tmp_path) not in text
    assert os.uname().nodename not in text


def test_what_appears_meanwhile_is_left_unchanged(tmp_path):
    path = tmp_path / "thing"

    def build(inner, overwrite=False):
        with artifact.create(path, kind="thing", format_version=1, overwrite=overwrite) as draft:
            draft.payload("words.txt").write_text("slow")
            inner()

    with pytest.raises(OutputExistsError, match="exists already; choose another name or use --overwrite"):
        build(lambda: make(path, text="quick"))
    assert load(path).payload("words.txt").read_text() == "quick"

    def foreign():
        (path / "manifest.json").unlink()
        (path / "diary.txt").write_text("mine")

    with pytest.raises(OutputExistsError, match="exists and is not a wordlab artefact; left unchanged"):
        build(foreign, overwrite=True)
    assert (path / "diary.txt").read_text() == "mine"
    assert os.listdir(tmp_path) == ["thing"]


def test_remove(tmp_path):
    artifact.remove(make(tmp_path / "thing"))
    artifact.remove(tmp_path / "thing")
    (tmp_path / "mine").mkdir()
    artifact.remove(tmp_path / "mine")
    assert os.listdir(tmp_path) == ["mine"]


def test_an_interrupt_does_not_wait_for_digests(tmp_path, monkeypatch):
    """One file is half-read when Ctrl-C comes, which another one stands for here."""
    with artifact.create(tmp_path / "thing", kind="thing", format_version=1) as draft:
        for name in ("a.txt", "b.txt"):
            draft.payload(name).write_text(name)
    begun, ended = threading.Event(), []

    def digest(path, stopping):
        if path.name == "a.txt":
            assert begun.wait(30)
            raise KeyboardInterrupt
        begun.set()
        ended.append(stopping.wait(30))
        return file_digest(path, stopping)

    monkeypatch.setattr(artifact, "file_digest", digest)
    with pytest.raises(KeyboardInterrupt):
        load(tmp_path / "thing")
    assert ended == [True]


def test_a_digest_that_is_no_longer_wanted(tmp_path):
    (tmp_path / "x").write_bytes(bytes(3 << 20))
    assert file_digest(tmp_path / "x") == hashlib.sha256(bytes(3 << 20)).hexdigest()
    stopping = threading.Event()
    assert file_digest(tmp_path / "x", stopping) == file_digest(tmp_path / "x")
    stopping.set()
    assert file_digest(tmp_path / "x", stopping) == hashlib.sha256().hexdigest()
