"""`push` and `import hf://`: commands and the Hub, spoken by a server of our own."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import yaml

from tests.hub_site import TOKEN
from wordlab.embeddings import WordVectors, write_vectors
from wordlab.embeddings.subwords import Subwords
from wordlab.sentiment import load_classifier
from wordlab.text import Vocabulary

from .conftest import run


def files_of(directory):
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def published(hub, name):
    return {path: data for path, data in hub.repositories[name].files.items() if path != ".gitattributes"}


def header_of(card):
    return yaml.safe_load(card.decode().split("---\n")[1])


def test_vectors_there_and_back(place, hub):
    result = run("embeddings", "push", "vectors", "ann/news", "--license", "mit", "--text-language", "en")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(f"vectors  {hub.address}/ann/news\n")
    assert "wordlab embeddings import hf://ann/news -o news/" in result.stderr
    found = published(hub, "ann/news")
    header = header_of(found["README.md"])
    assert (header["library_name"], header["license"], header["language"]) == ("wordlab", "mit", ["en"])
    assert b"wordlab embeddings import hf://ann/news -o news" in found.pop("README.md")
    assert found == files_of(place / "vectors")
    result = run("embeddings", "import", "hf://ann/news", "-o", "news", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["num_words"] == len(WordVectors.load("vectors"))
    assert files_of(place / "news") == found


@pytest.mark.parametrize("format", ["model2vec", "sentence-transformers"])
def test_vectors_for_other_programs(format, place, hub):
    result = run(
        "embeddings", "push", "vectors", "ann/static", "--format", format, "--like", "films", "--json"
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["format"] == format
    card = published(hub, "ann/static")["README.md"]
    assert b"where a text is the mean of the vectors of its known words, weighted as by sif on texts" in card
    header = header_of(card)
    assert (header["library_name"], format in header["tags"]) == (format, True)
    result = run("embeddings", "import", "hf://ann/static", "-o", "static")
    assert result.exit_code == 0, result.output
    result = run("embeddings", "export", "vectors", "here", "--format", format, "--like", "films")
    assert result.exit_code == 0, result.output
    del (files := published(hub, "ann/static"))["README.md"]
    assert files == files_of(place / "here")
    found = WordVectors.load("static")
    assert run("embeddings", "import", "here", "-o", "again").exit_code == 0
    assert WordVectors.load("again").matrix.tobytes() == found.matrix.tobytes()
    assert found.tokenizer == WordVectors.load("vectors").tokenizer
    assert found.details["origin"] == "hf://ann/static"
    assert found.details["hub"] == {"commit": hub.repositories["ann/static"].newest}


def test_classifiers_there_and_back(place, hub):
    for name in ("model", "linear"):
        result = run("sentiment", "push", name, f"ann/{name}", "--private")
        assert result.exit_code == 0, result.output
        assert hub.repositories[f"ann/{name}"].private
        found = published(hub, f"ann/{name}")
        assert header_of(found.pop("README.md"))["pipeline_tag"] == "text-classification"
        assert found == files_of(place / name)
        result = run("sentiment", "import", f"hf://ann/{name}", "-o", "back", "--overwrite")
        assert result.exit_code == 0, result.output
        assert files_of(place / "back") == found
    texts = ["a good man", "a bad man"]
    assert list(load_classifier("back").predict(texts)) == list(load_classifier("linear").predict(texts))
    asked = len(hub.requests)
    assert run("sentiment", "import", "hf://ann/model", "-o", "offline", "--offline").exit_code == 0
    assert len(hub.requests) == asked


def test_a_card_that_is_written_already(place, hub):
    (place / "card.md").write_text("# mine\n", encoding="utf-8")
    assert run("sentiment", "push", "linear", "ann/x", "--card", "card.md").exit_code == 0
    assert published(hub, "ann/x")["README.md"] == b"# mine\n"
    result = run("sentiment", "push", "linear", "ann/y", "--card", "card.md", "--license", "mit")
    assert (result.exit_code, "--license: expected none beside --card" in result.stderr) == (2, True)
    (place / "card.md").write_bytes(b"\xff")
    result = run("embeddings", "push", "vectors", "ann/y", "--card", "card.md")
    assert result.stderr.splitlines()[-1].startswith(
        "Error: card.md: expected Markdown in UTF-8, found byte 0"
    )
    result = run("embeddings", "push", "vectors", "ann/y", "--card", "no.md")
    assert "Error: no.md: cannot be read: No such file or directory" in result.stderr
    assert "ann/y" not in hub.repositories


def test_one_file_of_a_repository(place, hub):
    hub.put("ann/files", {"deep/v.txt": b"cat 1 2\ndog 3 4\n", "w.txt": b"x 1\n"})
    result = run("embeddings", "import", "hf://ann/files@main/deep/v.txt", "--only", "flowers.txt", "-o", "v")
    assert "expected at least one of the 2 wanted words" in result.stderr
    result = run("embeddings", "import", "hf://ann/files@main/deep/v.txt", "-o", "v")
    assert result.exit_code == 0, result.output
    assert WordVectors.load("v").words == ("cat", "dog")
    result = run("embeddings", "import", "hf://ann/files", "-o", "w")
    assert result.stderr.splitlines()[-1] == (
        "Error: hf://ann/files: expected files of a known format, found .gitattributes, deep/v.txt, w.txt"
    )
    assert not (place / "w").exists()


def test_a_module_in_a_folder_of_a_repository(place, hub, tmp_path):
    vectors = WordVectors(Vocabulary(["cat", "dog"], [0, 0]), np.eye(2, dtype=np.float32))
    write_vectors(vectors, tmp_path / "m", format="sentence-transformers")
    files = {f"0_StaticEmbedding/{name}": data for name, data in files_of(tmp_path / "m").items()}
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "x.StaticEmbedding"}]
    hub.put("ann/mrl", {**files, "modules.json": json.dumps(modules).encode(), "onnx/big/model.onnx": b"1"})
    assert run("embeddings", "import", "hf://ann/mrl", "-o", "v").exit_code == 0
    assert WordVectors.load("v").words == ("cat", "dog")
    assert not hub.served["onnx/big/model.onnx"]


CASES = {
    "embeddings import hf://ann/x/y/../z -o v": (1, "expected a model, as hf://user/name[@revision][/file]"),
    "embeddings import hf://ann/no -o v": (1, "hf://ann/no: expected a repository on the Hub, found none"),
    "embeddings import hf://ann/news --only flowers.txt -o v": (
        2,
        "--only: expected a file of vectors, found",
    ),
    "embeddings import hf://ann/news --offline -o v": (1, "expected it in the cache, found none or not all"),
    "embeddings import hf://ann/news --offline -o corpus --overwrite": (1, "expected it in the cache"),
    "embeddings import hf://ann/news -o articles": (1, "articles: exists and is not a wordlab artefact"),
    "embeddings import hf://ann/model -o v": (
        1,
        "expected an artefact of kind 'vectors', found 'classifier'",
    ),
    "embeddings push vectors news": (2, "expected a name such as user/name, found 'news'"),
    "embeddings push corpus ann/new": (1, "expected an artefact of kind 'vectors', found 'corpus'"),
    "embeddings push vectors ann/news": (1, "hf://ann/news: exists already, with manifest.json"),
    "embeddings push vectors ann/new --like films": (2, "--like: expected --format model2vec or"),
    "embeddings push vectors ann/new --tokenizer word": (2, "--tokenizer: expected none beside the vectors"),
    "embeddings push vectors ann/new --license 5%": (2, "license: expected a name as the Hub writes it"),
    "embeddings export vectors v --format glove --tokenizer word": (2, "--tokenizer: expected none beside"),
    "embeddings export vectors v --format model2vec --tokenizer jieba": (1, "found the tokenizer jieba"),
    "embeddings export vectors v --format model2vec --like films --lowercase": (2, "beside --like, which"),
    "embeddings export vectors - --format model2vec": (2, "expected a directory for model2vec, found a str"),
    "sentiment import hf://ann/news -o v": (1, "expected an artefact of kind 'classifier', found 'vectors'"),
    "sentiment import hf://ann/news/matrix.npy -o v": (1, "expected a repository, whose files are a"),
    "sentiment push vectors ann/new": (1, "expected an artefact of kind 'classifier', found 'vectors'"),
}


@pytest.mark.parametrize("line", CASES)
def test_bad_input(line, place, hub):
    code, expected = CASES[line]
    for name in ("vectors", "model"):
        hub.put("ann/news" if name == "vectors" else "ann/model", files_of(place / name))
    before = set(os.listdir(place))
    result = run(*line.split(), *(["--quiet"] if line.startswith("embeddings push") else []))
    assert (result.exit_code, len(result.stderr.splitlines())) == (code, 1), result.output
    assert expected in result.stderr
    assert set(os.listdir(place)) == before
    assert set(hub.repositories) == {"ann/news", "ann/model"}


def test_a_damaged_artefact_is_not_kept(place, hub):
    files = files_of(place / "linear")
    name = next(name for name in files if name.endswith(".npy"))
    hub.put("ann/x", {**files, name: files[name][:-1] + bytes([files[name][-1] ^ 1])})
    result = run("sentiment", "import", "hf://ann/x", "-o", "v")
    assert (result.exit_code, "the file was changed or damaged" in result.stderr) == (1, True)
    assert not (place / "v").exists()


def test_subwords_are_said_to_stay_behind(place):
    vectors = WordVectors.load("vectors")
    subwords = Subwords(3, 4, np.ones((10, vectors.dim), np.float32))
    WordVectors(vectors.vocabulary, vectors.matrix, subwords=subwords).save("sub")
    result = run("embeddings", "export", "sub", "static", "--format", "model2vec")
    assert result.exit_code == 0, result.output
    assert (
        "Note: sub: model2vec holds no n-grams: words outside the vocabulary have no vector" in result.stderr
    )


def test_a_whole_program_with_variables_of_its_own(place, hub):
    """HF_ENDPOINT and HF_TOKEN as the client reads them; the token is in no output and in no file."""
    own = {"HF_ENDPOINT": hub.address, "HF_TOKEN": TOKEN, "HF_HOME": str(place / "home")}
    environment = {**os.environ, **own, "HF_HUB_DISABLE_XET": "1"}
    script = (
        "from pipelines.cli import wordlab as w\n"
        "w(['sentiment', 'push', 'linear', 'ann/x', '-q'], standalone_mode=False)\n"
        "w(['sentiment', 'import', 'hf://ann/x', '-o', 'back', '-q'], standalone_mode=False)\n"
        "w(['sentiment', 'import', 'hf://ann/none', '-o', 'v', '-q'])\n"
    )
    found = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert (found.returncode, found.stderr.count("\n")) == (1, 1), found.stderr
    assert "hf://ann/none: expected a repository on the Hub, found none" in found.stderr
    assert TOKEN in hub.tokens
    assert TOKEN not in found.stdout + found.stderr
    everything = [path for path in place.rglob("*") if path.is_file()]
    assert [path for path in everything if TOKEN.encode() in path.read_bytes()] == []
    assert not any(TOKEN.encode() in data for data in published(hub, "ann/x").values())
