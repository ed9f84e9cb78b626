"""The page's files: only these, with headers that keep out what is not theirs, and all of them installed."""

import subprocess
import sys

import pytest

from wordlab.server.page import page_files

from .conftest import ROOT, client_of

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def test_the_page_and_its_files(client):
    reply = client.get("/")
    assert reply.status_code == 200
    assert reply.content == page_files()["index.html"]
    for name, content in page_files().items():
        reply = client.get(f"/static/{name}")
        assert reply.content == content
        kinds = {"css": "text/css", "html": "text/html", "js": "text/javascript", "svg": "image/svg+xml"}
        assert reply.headers["Content-Type"].startswith(kinds[name.rpartition(".")[2]])
        assert reply.headers["Content-Security-Policy"] == POLICY
        assert reply.headers["X-Content-Type-Options"] == "nosniff"
        assert reply.headers["Cache-Control"] == "no-cache"
        again = client.get(f"/static/{name}", headers={"If-None-Match": reply.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(f"/static/{name}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_page_loads_nothing_from_elsewhere():
    for name, content in page_files().items():
        text = content.decode("utf-8")
        found = [part for part in text.split('"') if "://" in part]
        assert set(found) <= {"http://www.w3.org/2000/svg"}, name  # the name of SVG, which nobody fetches
        assert "innerHTML" not in text
        assert "insertAdjacentHTML" not in text
        assert "eval(" not in text


@pytest.mark.parametrize(
    "name",
    ["", "nix.js", "../page.py", "..%2fpage.py", "%2e%2e/app.py", "/etc/passwd", "panels", "panels/",
     "main.js/", "panels/../main.js", "MAIN.JS", "main.js%00", "%ED%A0%80"],
)  # fmt: skip
def test_no_other_file_is_read(client, name):
    reply = client.get(f"/static/{name}")
    assert reply.status_code == 404 or reply.content in page_files().values()  # the client itself resolves ..
    if reply.status_code == 404:
        assert reply.json()["error"]["message"].startswith("expected a route that /docs lists, found /")


def test_the_page_needs_no_key_but_answers_do(vectors, tmp_path):
    (tmp_path / "key.txt").write_text("correct-horse-battery\n", encoding="ascii")
    with client_of({"small": vectors}, api_key_file=str(tmp_path / "key.txt")) as client:
        assert client.get("/").status_code == 200
        assert client.get("/static/main.js").status_code == 200
        for reply in (
            client.get("/catalogue"), client.get("/complete?q=k"), client.get("/map"), client.get("/docs"),
            client.post("/", json={"inputs": "king"}), client.post("/static/main.js"), client.get("/statics"),
        ):  # fmt: skip
            assert reply.status_code == 401, reply.url


def test_an_installation_holds_the_page(tmp_path):
    command = [sys.executable, "setup.py", "-q", "build_py", "--build-lib", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    folder = tmp_path / "wordlab" / "server" / "page"
    built = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    assert {name: path.read_bytes() for name, path in built.items()} == page_files()
