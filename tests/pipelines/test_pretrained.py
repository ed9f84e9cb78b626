"""`embeddings import NAME` and `embeddings list`."""

import json
from dataclasses import replace

import pytest

from wordlab.embeddings import WordVectors
from wordlab.embeddings.pretrained import download, installed
from wordlab.errors import SourceError

from .conftest import everything_in, run

NUMBERS = " ".join(100 * ["0.25"])


@pytest.fixture(autouse=True)
def no_package_and_no_network(monkeypatch, tmp_path):
    def fetch(url, target, **_):
        raise SourceError(f"{url}: expected a connection to the server, found none")

    monkeypatch.setattr(installed, "_LAYOUTS", {})
    monkeypatch.setattr(download, "fetch", fetch)
    monkeypatch.setenv("WORDLAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def cached(tmp_path):
    (tmp_path / "cache").mkdir()
    path = tmp_path / "cache" / "glove.6B.100d.txt"
    path.write_text(f"the {NUMBERS}\nking {NUMBERS}\nking {NUMBERS}\n")
    return path


def fails(words, code, message):
    before = everything_in(".")
    result = run(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == f"Error: {message}\n"
    assert everything_in(".") == before


def test_import_by_name(cached):
    result = run("embeddings", "import", "glove.6B.100d", "-o", "glove", "-q")
    assert result.exit_code == 0, result.output
    lines = [line.split(None, 1) for line in result.stdout.splitlines()]
    shown = {name: rest for name, rest in lines if name != "time"}
    digest = WordVectors.load("glove").details["pretrained"]["digests"]["glove.6B.100d.txt"]
    assert shown == {
        "vectors": "glove/",
        "size": "2 words, 100 dimensions",
        "from": f"cache, {cached}",
        "licence": "PDDL 1.0",
        "SHA-256": f"{digest[:12]}… glove.6B.100d.txt",
        "format": "glove",
        "dropped": "1 row of repeated words; the first is kept",
    }


def test_import_as_json_and_from_another_cache(cached):
    moved = cached.parent.rename("elsewhere") / cached.name
    result = run("embeddings", "import", "glove.6B.100d", "-o", "g", "-q", "--json", "--cache", "elsewhere")
    facts = json.loads(result.stdout)["pretrained"]
    assert facts["name"] == "glove.6B.100d"
    assert (facts["from"], facts["where"]) == ("cache", str(moved))
    assert len(facts["digests"]["glove.6B.100d.txt"]) == 64
    assert facts["url"] == "https://nlp.stanford.edu/data/glove.6B.zip"


def test_only_some_words_of_a_name(cached):
    cached.parent.joinpath("words.txt").write_text("king\nemperor\n")
    result = run("embeddings", "import", "glove.6B.100d", "--only", "cache/words.txt", "-o", "g", "-q")
    assert result.exit_code == 0, result.output
    assert WordVectors.load("g").vocabulary.words == ("king",)


def test_a_file_goes_before_a_name(cached):
    with open("glove.6B.100d", "w") as file:
        file.write("prince 1 2\n")
    assert run("embeddings", "import", "glove.6B.100d", "-o", "g", "-q").exit_code == 0
    assert WordVectors.load("g").vocabulary.words == ("prince",)


def test_a_name_goes_before_a_directory(cached):
    for _ in range(2):
        done = run("embeddings", "import", "glove.6B.100d", "-o", "glove.6B.100d", "-q", "--overwrite")
        assert done.exit_code == 0, done.output


def test_wrong_names(cached):
    fails(["embeddings", "import", "glove.6b.100d", "-o", "g"], 1,
          "glove.6b.100d: expected a file or the name of pretrained vectors, found neither; "
          "near names: glove.6B.100d, glove.6B.300d, glove.6B.200d")  # fmt: skip
    fails(["embeddings", "import", "nothing.vec", "-o", "g"], 1,
          "nothing.vec: cannot be read: No such file or directory")  # fmt: skip
    fails(["embeddings", "import", "glove.6B.100d", "--format", "glove", "-o", "g"], 2,
          "--format: expected a file, found glove.6B.100d, whose format is known (see wordlab embeddings import --help)")  # fmt: skip  # noqa: E501


def test_offline_and_out_of_reach(tmp_path):
    fails(["embeddings", "import", "glove.6B.50d", "--offline", "-o", "g"], 1,
          f"glove.6B.50d: expected glove.6B.zip in {tmp_path / 'cache'}, found none, and nothing may be "
          f"downloaded")  # fmt: skip
    fails(["embeddings", "import", "fasttext.en", "-o", "g"], 1,
          "https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/wiki.en.vec: "
          "expected a connection to the server, found none")  # fmt: skip


def test_an_existing_output_is_told_before_anything_is_fetched(cached):
    assert run("embeddings", "import", "glove.6B.100d", "-o", "g", "-q").exit_code == 0
    fails(["embeddings", "import", "fasttext.en", "-o", "g"], 1,
          "g: exists already; choose another name or use --overwrite")  # fmt: skip


def test_list(cached):
    result = run("embeddings", "list")
    assert result.exit_code == 0
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in result.stdout.splitlines() if line}
    assert rows["glove.6B.100d"] == "PDDL 1.0 cache 400,000 100 862MB"
    assert rows["glove.6B.50d"] == "PDDL 1.0 download 400,000 50 862MB"
    assert rows["charngram.100d"] == "not stated download not known 100 not known"
    assert rows["and"] == "175 more languages as fasttext.LANGUAGE: see --all"
    assert rows["cache:"] == str(cached.parent)
    assert "fasttext.de" not in rows
    assert "fasttext.de " in run("embeddings", "list", "--all").stdout


def test_list_shows_a_package(monkeypatch, tmp_path):
    from wordlab.embeddings.pretrained import loading

    real = loading.find_origin("glove.6B.50d", cache=tmp_path)
    package = replace(real, kind="package", where="some-package 1.0")
    monkeypatch.setattr(loading, "find_origin", lambda known, **_: package)
    assert "package some-package 1.0" in run("embeddings", "list").stdout


def test_list_as_json(cached):
    found = json.loads(run("embeddings", "list", "--json").stdout)
    assert found["cache"] == str(cached.parent)
    assert len(found["sets"]) == 188
    by_name = {facts["name"]: facts for facts in found["sets"]}
    assert by_name["glove.6B.100d"]["from"] == "cache"
    assert by_name["glove.6B.100d"]["where"] == str(cached)
    assert by_name["fasttext.de"]["from"] == "download"
