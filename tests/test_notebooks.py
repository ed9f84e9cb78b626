"""The notebooks of the documentation run, and show what they are kept with."""

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="needs nbclient and ipykernel, of the extra `test`")
nbclient = pytest.importorskip("nbclient", reason="needs nbclient and ipykernel, of the extra `test`")

FOLDER = Path(__file__).parents[1] / "docs/notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def shown(notebook):
    """For each cell of code the kinds of its outputs, each by its forms, without what is compiled first."""
    return [
        [
            (output["output_type"], sorted(output.get("data", ())))
            for output in cell["outputs"]
            if not output.get("data", {}).get("text/plain", "").startswith("compile")
        ]
        for cell in notebook.cells
        if cell["cell_type"] == "code"
    ]


def test_there_are_some():
    assert [path.stem for path in NOTEBOOKS] == ["classify", "explore", "vectors"]


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # of the kernel's sockets
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_shows_what_it_is_kept_with(path, tmp_path):
    kept = nbformat.read(path, as_version=4)
    nbformat.validate(kept)
    run = nbformat.read(path, as_version=4)
    for cell in run.cells:
        if cell["cell_type"] == "code":
            cell["outputs"] = []
    resources = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(run, timeout=300, kernel_name="python3", resources=resources).execute()
    assert shown(run) == shown(kept)
    assert [*tmp_path.iterdir()] == []
    pages = [
        output.get("data", {}).get("text/html", "")
        for cell in run.cells
        for output in cell.get("outputs", ())
    ]
    assert any("<progress" in page and 'value="1.0000"' in page for page in pages)
    assert any("<table>" in page for page in pages)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_of_the_machine_that_ran_it_is_kept(path):
    text = path.read_text(encoding="utf-8")
    for part in ("/home/", "/root/", "/tmp/", "/work/", "site-packages", '"stream"', '"error"'):  # noqa: S108
        assert part not in text
