"""A disk that fills up while an artefact with tensors is written: one line, and the old one is whole."""

import os
import re
import resource
import subprocess
import sys

import pytest

pytest.importorskip("torch")

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT = 60_000  # bytes that a file may have: the system refuses more, as it does on a full disk
COMMANDS = "import sys; from pipelines.cli import main; sys.argv[0] = 'wordlab'; main()"
QUICK = "--epochs 1 --threads 1 -q -o made"


def limited(*words, folder, code=COMMANDS):
    """Run a command whose files cannot be larger than LIMIT."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))

    return subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=folder, preexec_fn=limit,
        env={**os.environ, "PYTHONPATH": ROOT, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (f"sentiment train reviews.tsv --dim 300 {QUICK}", "made"),
        (f"sentiment train reviews.tsv --dim 300 --checkpoint state {QUICK}", "state"),
        (f"vision train --model lenet --batch-norm {QUICK}", "made"),
    ],
)
def test_commands_say_so_in_one_line(tmp_path, command, name):
    rows = [f"{label}\tso {word} {n}\n" for n in range(20) for label, word in (("a", "good"), ("b", "bad"))]
    (tmp_path / "reviews.tsv").write_text("".join(rows))
    result = limited(*command.split(), folder=tmp_path)
    assert result.returncode == 1
    assert re.fullmatch(rf"Error: {name}: cannot be written: File too large.*\n", result.stderr)
    assert os.listdir(tmp_path) == ["reviews.tsv"]


def test_an_export_leaves_the_old_file(tmp_path):
    pytest.importorskip("onnx")
    (tmp_path / "model.onnx").write_bytes(b"the old one")
    code = """
from wordlab.errors import ArtifactError
from wordlab.sentiment import ClassifierConfig, train
model = train(["so good", "so bad"] * 8, ["a", "b"] * 8, ClassifierConfig(epochs=1, dim=300))
try:
    model.export("model.onnx", overwrite=True)
except ArtifactError as error:
    print(error)
"""
    result = limited(folder=tmp_path, code=code)
    assert re.fullmatch(r"model\.onnx: cannot be written: File too large.*\n", result.stdout)
    assert result.stderr == ""
    assert (tmp_path / "model.onnx").read_bytes() == b"the old one"
    assert os.listdir(tmp_path) == ["model.onnx"]
