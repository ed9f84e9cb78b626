"""The direction of imports, read from the code itself."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOOR = {
    "visible",
    "errors",
    "progress",
    "representation",
    "checks",
    "resources",
    "teams",
    "extras",
    "pickling",
    "devices",
    "io",
    "schema",
    "artifact",
    "payloads",
    "cards",
    "hub",
    "cluster",
    "engines",
}
MAY_IMPORT = {
    "visible": set(),
    "errors": {"visible"},
    "progress": set(),
    "representation": {"visible"},
    "notebook": {"progress", "representation"},
    "resources": {"errors"},
    "teams": {"errors"},
    "extras": {"errors"},
    "checks": {"errors"},
    "pickling": {"errors"},
    "devices": {"errors"},
    "io": {"visible", "errors", "progress", "extras"},
    "schema": {"visible", "errors"},
    "artifact": {"errors", "io", "schema"},
    "lineage": {"artifact", "schema"},
    "payloads": {"errors", "io", "schema", "artifact", "payloads"},
    "cards": {"visible", "errors", "representation", "schema"},
    "hub": {"visible", "errors", "progress", "extras", "artifact"},
    "engines": {"errors"},
    "cluster": {"checks", "errors", "extras"},
    "checkpoint": {"visible", "errors", "artifact", "payloads", "schema"},
    "text": FLOOR | {"compiled"},
    "compiled": FLOOR,
    "embeddings": FLOOR | {"text", "compiled"},
    "training": FLOOR | {"checkpoint", "text", "embeddings", "compiled"},
    "sentiment": FLOOR | {"checkpoint", "text", "embeddings", "compiled"},
    "server": FLOOR | {"text", "embeddings", "sentiment"},
    "vision_theory": FLOOR | {"checkpoint"},
}
# Two rooms inside one that never meet.
APART = {("vision_theory", "vision"): "theory", ("vision_theory", "theory"): "vision"}
# Which files may import a heavy or foreign library, at the top or inside a function.
ONLY_IN = {
    "torch": {
        "wordlab/checkpoint.py",
        "wordlab/devices.py",
        "wordlab/embeddings/interop/torch.py",
        "wordlab/embeddings/pretrained/torchtext_sets.py",
        "wordlab/sentiment/",
        "wordlab/training/engines/torch.py",
        "wordlab/training/objectives/",
        "wordlab/vision_theory/vision/",
    },
    "fsspec": {"wordlab/io/remote.py"},
    "huggingface_hub": {"wordlab/hub.py"},
    "ray": {
        "wordlab/cluster.py",
        "wordlab/text/",
        "wordlab/training/engines/actor.py",
        "wordlab/training/engines/crew.py",
    },
    "tokenizers": {
        "wordlab/embeddings/formats/static_files.py",
        "wordlab/text/tokenizers/pipeline.py",
        "wordlab/text/tokenizers/tokenizers.py",
    },
    "torchtext": {"wordlab/embeddings/pretrained/torchtext_sets.py"},
    "gensim": {
        "pipelines/encyclopedia.py",
        "wordlab/embeddings",
        "wordlab/training/crosscheck/gensim_side.py",
    },
    "numba": {
        "wordlab/compiled/",
        "wordlab/embeddings/evaluation",
        "wordlab/sentiment/models/linear/",
        "wordlab/sentiment/models/paragraphs/",
        "wordlab/training/",
    },
    "llvmlite": {"wordlab/compiled/", "wordlab/training/crosscheck/blas.py"},
    "matplotlib": {"pipelines/plots/"},
    "sklearn": {
        "wordlab/embeddings/evaluation/categories.py",
        "wordlab/embeddings/layout.py",
        "wordlab/sentiment/",
        "wordlab/vision_theory/vision/digits.py",
    },
    "umap": {"wordlab/embeddings/layout.py", "wordlab/embeddings/maps/umap_worker.py"},
    "safetensors": {
        "wordlab/checkpoint.py",
        "wordlab/embeddings/formats/safetensors_file.py",
        "wordlab/sentiment/",
        "wordlab/vision_theory/vision/classifier.py",
    },
    "spacy": {"wordlab/embeddings/formats/spacy_files.py"},
    "regex": {"wordlab/text/tokenizers/"},
    "charset_normalizer": {"wordlab/io/encodings.py"},
    "jieba": {"wordlab/text/tokenizers/jieba.py"},
    "pythainlp": {"wordlab/text/tokenizers/thai.py"},
    "sudachipy": {"wordlab/text/tokenizers/japanese.py"},
    "sudachidict_small": {"wordlab/text/tokenizers/japanese.py"},
    "sentencex": {"wordlab/text/sentences.py"},
    "sentencepiece": {"wordlab/text/tokenizers/sentencepiece.py"},
    "onnx": {"wordlab/sentiment/"},
    "requests": {"wordlab/embeddings/pretrained/"},
    "PIL": {"wordlab/vision_theory/vision/folders.py"},
    "sympy": {"wordlab/vision_theory/theory/"},
    "fastapi": {"wordlab/server/"},
    "starlette": {"wordlab/server/"},
    "pydantic": {"wordlab/server/"},
    "uvicorn": {"wordlab/server/connections.py", "wordlab/server/run.py"},
    "prometheus_client": {"wordlab/server/"},
    "usearch": {"wordlab/server/index.py"},
    "click": {"pipelines"},
    "rich": {"pipelines"},
    "docstring_parser": {"pipelines/config_options.py"},
}
HEAVY = {
    "fastapi", "fsspec", "gensim", "huggingface_hub", "matplotlib", "numba", "numpy", "pyarrow", "ray",
    "requests", "scipy", "sklearn", "sympy", "tokenizers", "torch", "torchtext", "umap", "uvicorn",
}  # fmt: skip
FILES = sorted([*(ROOT / "wordlab").rglob("*.py"), *(ROOT / "pipelines").rglob("*.py")])


def loaded_nodes(tree):
    """All nodes of a file except those under `if TYPE_CHECKING`, which load nothing."""
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        yield node
        is_for_types = isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        nodes.extend(node.orelse if is_for_types else ast.iter_child_nodes(node))


def imported_modules(path):
    for node in loaded_nodes(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written from the top"
            yield node.module
            # `from wordlab import artifact` names a room, too
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "wordlab")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_one_way(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    for module in imported_modules(path):
        steps = module.split(".")
        if parts[0] == "wordlab" and parts[1] != "__main__":  # which is the command line
            assert steps[0] != "pipelines", f"{path}: the library never imports the command line"
            if steps[0] == "wordlab" and len(steps) > 1 and parts[1] != "__init__":
                assert steps[1] in MAY_IMPORT[parts[1]] | {parts[1]}, f"{path} imports {module}"
                assert len(steps) < 3 or steps[2] != APART.get(parts[1:3]), f"{path} imports {module}"
        allowed = ONLY_IN.get(steps[0])
        place = path.relative_to(ROOT).as_posix()
        assert allowed is None or any(place.startswith(room) for room in allowed), f"{place} imports {module}"


def test_every_room_has_a_rule():
    library = [path.relative_to(ROOT / "wordlab") for path in FILES if path.is_relative_to(ROOT / "wordlab")]
    assert {path.parts[0].removesuffix(".py") for path in library} - {
        "__init__",
        "__main__",
    } == MAY_IMPORT.keys()


@pytest.mark.parametrize(
    "module",
    [
        "wordlab",
        "wordlab.text",
        "wordlab.embeddings",
        "wordlab.training",
        "wordlab.sentiment",
        "wordlab.sentiment.data.reading",
        "wordlab.sentiment.judging.trainers",
        "pipelines.sentiment",
        "wordlab.server",
        "wordlab.vision_theory",
        "pipelines.cli",
        "pipelines.embeddings",
        "pipelines.serve",
        "pipelines.theory",
        "pipelines.vision",
    ],
)
def test_importing_loads_no_heavy_library(module):
    script = f"import sys, {module}; print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    loaded = {name.partition(".")[0] for name in output.split()}
    assert not loaded & HEAVY


def test_the_library_never_prints():
    for path in (ROOT / "wordlab").rglob("*.py"):
        calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
        assert not [call for call in calls if getattr(call.func, "id", "") in {"print", "exit", "input"}], (
            path
        )
