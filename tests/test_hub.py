"""The Hugging Face Hub, spoken by a server of our own: what is put there and fetched, and what goes wrong."""

import sys
import time

import pytest

from tests.hub_site import READING, TOKEN
from wordlab.errors import ConfigError, MissingExtraError, OutputExistsError, SourceError
from wordlab.hub import HubAddress, fetch, find_address, publish

LARGE = bytes(range(256)) * 40
FILES = {"README.md": b"# x\n", "m.npy": LARGE, "sub/[a]*.json": b"{}"}


def everything(names):
    return [name for name in names if not name.startswith(".")]


def content(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def hasty(monkeypatch):
    """A client that does not wait before it tries again."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


# ------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hf://ann/news", HubAddress("ann/news")),
        ("hf:/ann/news", HubAddress("ann/news")),  # as pathlib writes it
        ("hf://ann/news@v1", HubAddress("ann/news", "v1")),
        ("hf://ann/news@refs/pr/3/a/b.bin", HubAddress("ann/news", "refs/pr/3", "a/b.bin")),
        ("hf://a-n.n/n_e/v.txt.gz", HubAddress("a-n.n/n_e", None, "v.txt.gz")),
        ("vectors.txt", None),
        ("hf", None),
    ],
)
def test_addresses(text, expected):
    assert find_address(text) == expected
    if text.startswith("hf://"):
        assert str(expected) == text


@pytest.mark.parametrize(
    "text",
    ["hf://", "hf://ann", "hf://ann/", "hf://ann/news@", "hf://ann/new s", "hf://ann/news/../../x",
     "hf://datasets/ann/news", "hf://ann/ñews", "hf:///ann/news"],
)  # fmt: skip
def test_what_is_no_address(text):
    with pytest.raises(SourceError, match=r"expected a model, as hf://user/name\[@revision\]\[/file\]"):
        find_address(text)


# ------------------------------------------------------------------ there and back


def test_there_and_back(hub, tmp_path, capfd, monkeypatch):
    monkeypatch.setattr("wordlab.progress.REPORT_INTERVAL", 0)
    (tmp_path / "m.npy").write_bytes(LARGE)
    events, files = [], {**FILES, "m.npy": tmp_path / "m.npy"}
    address = publish("ann/news", files, private=True, on_progress=events.append)
    assert address == f"{hub.address}/ann/news"
    assert hub.repositories["ann/news"].private
    assert {
        name: data for name, data in hub.repositories["ann/news"].files.items() if name[0] != "."
    } == FILES
    total = sum(map(len, FILES.values()))
    assert [event.done for event in events] == [0, 4, total - 2, total]
    assert {event.total for event in events} == {total}
    found = fetch(HubAddress("ann/news"), everything, on_progress=events.append)
    assert content(found.path) == FILES
    assert found.commit == hub.repositories["ann/news"].newest
    assert set(hub.tokens) == {TOKEN, ""}  # large files go to places that need none
    assert capfd.readouterr() == ("", "")


def test_only_what_is_chosen_is_fetched_and_only_once(hub):
    hub.put("ann/news", FILES)
    for _ in range(2):
        found = fetch(HubAddress("ann/news"), lambda names: [name for name in names if "[" in name])
        assert content(found.path) == {"sub/[a]*.json": b"{}"}
    assert hub.served == {"sub/[a]*.json": 1}
    one = fetch(HubAddress("ann/news", None, "m.npy"), everything)
    assert one.path.read_bytes() == LARGE


def test_progress_counts_the_bytes_that_came(hub, monkeypatch):
    monkeypatch.setattr("wordlab.progress.REPORT_INTERVAL", 0)
    hub.put("ann/news", FILES)
    events = []
    fetch(HubAddress("ann/news"), everything, on_progress=events.append)
    assert events[-1].done == sum(map(len, FILES.values()))
    assert {event.unit for event in events} == {"bytes"}


def test_revisions(hub):
    site = hub.put("ann/news", {"a.txt": b"old"})
    old = site.newest
    hub.put("ann/news", {"a.txt": b"new"})
    assert fetch(HubAddress("ann/news", old, "a.txt"), everything).path.read_bytes() == b"old"
    assert fetch(HubAddress("ann/news", None, "a.txt"), everything).path.read_bytes() == b"new"
    with pytest.raises(SourceError, match="hf://ann/news@v9: expected the revision v9, found none"):
        fetch(HubAddress("ann/news", "v9"), everything)


def test_offline_is_what_was_fetched_before(hub):
    hub.put("ann/news", FILES)
    with pytest.raises(SourceError, match="expected it in the cache, found none or not all"):
        fetch(HubAddress("ann/news"), everything, offline=True)
    online = fetch(HubAddress("ann/news"), everything)
    asked = len(hub.requests)
    assert fetch(HubAddress("ann/news"), everything, offline=True) == online
    assert len(hub.requests) == asked


def test_a_cache_of_ones_own(hub, tmp_path):
    hub.put("ann/news", FILES)
    assert tmp_path in fetch(HubAddress("ann/news"), everything, cache=tmp_path).path.parents


def test_what_a_repository_holds_is_left_unless_it_is_to_be_replaced(hub):
    hub.put("ann/news", {"old.bin": b"1", "README.md": b"mine"})
    before = hub.repositories["ann/news"].newest
    with pytest.raises(
        OutputExistsError, match=r"exists already, with README.md, old.bin; choose another name"
    ):
        publish("ann/news", FILES)
    assert hub.repositories["ann/news"].newest == before
    publish("ann/news", FILES, overwrite=True)
    assert set(hub.repositories["ann/news"].files) == {".gitattributes", *FILES}
    assert len(hub.repositories["ann/news"].commits) == 2


# ------------------------------------------------------------------ what goes wrong


def test_private_means_private(hub):
    hub.put("ann/news", {})
    with pytest.raises(SourceError, match="expected a private repository, found a public one"):
        publish("ann/news", FILES, private=True)
    assert set(hub.repositories["ann/news"].files) == {".gitattributes"}


@pytest.mark.parametrize("name", ["news", "", "a/b/c", "ann/n w", "ñ/x"])
def test_impossible_names(hub, name):
    with pytest.raises(ConfigError, match="repository: expected a name such as user/name, found"):
        publish(name, FILES)
    assert not hub.requests


def test_names_that_the_hub_refuses(hub):
    with pytest.raises(
        SourceError, match=r"hf://ann/-news: expected what the Hub .*, found HFValidationError: .*-news"
    ):
        publish("ann/-news", FILES)


def test_no_token(hub, monkeypatch):
    monkeypatch.delenv("HF_TOKEN")
    hub.put("ann/secret", FILES, private=True)
    with pytest.raises(
        SourceError, match=r"expected a token of the Hub, found none; log in by `hf auth login`"
    ):
        publish("ann/news", FILES)
    with pytest.raises(
        SourceError, match="expected a repository on the Hub, found none; if it is private, log in"
    ):
        fetch(HubAddress("ann/secret"), everything)
    hub.put("ann/news", FILES)
    assert content(fetch(HubAddress("ann/news"), everything).path) == FILES


@pytest.mark.parametrize("put", [True, False])
def test_tokens_never_show(hub, monkeypatch, put, capfd):
    """The server repeats them in its messages."""
    hub.put("ann/news", {})
    for token, expected in (
        ("hf_nonsense", "expected a token that is valid, found one that is not, or none"),
        (
            READING,
            r"expected a token that allows this, found one that does not \(... has no right to write\)",
        ),
    ):
        monkeypatch.setenv("HF_TOKEN", token)
        if not put and token == READING:
            continue  # which may read
        with pytest.raises(SourceError, match=expected) as caught:
            publish("ann/news", FILES) if put else fetch(HubAddress("ann/news"), everything)
        assert token not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_no_such_repository_or_file(hub):
    with pytest.raises(
        SourceError, match=r"hf://ann/x: expected a repository .* if it is private, the token may"
    ):
        fetch(HubAddress("ann/x"), everything)
    hub.put("ann/news", FILES)
    with pytest.raises(
        SourceError, match=r"expected a file of this name, found .gitattributes, README.md, m.npy"
    ):
        fetch(HubAddress("ann/news", None, "x.bin"), everything)
    with pytest.raises(SourceError, match="expected files of a known format, found"):
        fetch(HubAddress("ann/news"), lambda names: [])
    hub.put("ann/gated", FILES, gated=True)
    with pytest.raises(
        SourceError, match="expected access, found a gated repository: ask for access on its page"
    ):
        fetch(HubAddress("ann/gated"), everything)


def test_a_header_that_the_hub_refuses(hub):
    hub.complaint = "license must be\none of those known"
    with pytest.raises(
        SourceError, match=r"Invalid metadata in README.md. - license must be one of those known"
    ):
        publish("ann/news", {"README.md": b"---\nlicense: x\n---\n"})
    assert set(hub.repositories["ann/news"].files) == {".gitattributes"}


def test_answers_that_make_no_sense(hub):
    hub.put("ann/news", FILES)
    for nonsense, found in (("{}", "KeyError: 'id'"), ("<html>", "JSONDecodeError: Expecting value")):
        hub.nonsense = nonsense
        with pytest.raises(
            SourceError, match=f"expected what the Hub and its client agree on, found {found}"
        ):
            fetch(HubAddress("ann/news"), everything)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (412, "expected one commit, found that it has changed meanwhile"),
        (500, r"expected HTTP 200 OK, found 500 Internal Server Error \(cannot commit for \.\.\.\)"),
    ],
)
def test_a_commit_that_fails_leaves_what_was_there(hub, status, expected):
    hub.put("ann/news", {"old.bin": b"1"})
    hub.fails_with = status
    with pytest.raises(SourceError, match=expected):
        publish("ann/news", FILES, overwrite=True)
    assert set(hub.repositories["ann/news"].files) == {".gitattributes", "old.bin"}


def test_a_download_that_breaks_goes_on(hub, hasty):
    hub.put("ann/news", {"m.npy": LARGE})
    hub.drops = 2
    found = fetch(HubAddress("ann/news"), everything)
    assert content(found.path) == {"m.npy": LARGE}
    assert hub.served["m.npy"] == 3


def test_a_download_that_never_ends_leaves_nothing_that_looks_whole(hub, hasty):
    hub.put("ann/news", {"m.npy": LARGE})
    hub.drops, hub.drop_after = 1000, 0
    with pytest.raises(
        SourceError, match=r"hf://ann/news: expected a connection to http://127.0.0.1:\d+, found"
    ):
        fetch(HubAddress("ann/news"), everything)
    hub.drops = 0
    assert content(fetch(HubAddress("ann/news"), everything).path) == {"m.npy": LARGE}


def test_nobody_answers(hub, hasty, monkeypatch):
    constants = pytest.importorskip("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    for act in (lambda: publish("ann/news", FILES), lambda: fetch(HubAddress("ann/news"), everything)):
        with pytest.raises(
            SourceError, match=r"expected a connection to http://127.0.0.1:9, found none or a broken"
        ):
            act()
    monkeypatch.setattr(constants, "ENDPOINT", "http://ann:secret@127.0.0.1:9")
    with pytest.raises(SourceError, match=r"expected a connection to http://127.0.0.1:9, found none"):
        fetch(HubAddress("ann/news"), everything)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(SourceError, match="expected a connection to the Hub, found HF_HUB_OFFLINE set"):
        fetch(HubAddress("ann/news"), everything)


def test_a_cache_that_is_a_file(hub, tmp_path):
    hub.put("ann/news", FILES)
    (tmp_path / "cache").touch()
    with pytest.raises(SourceError, match=r"cannot be kept in the cache: .*; HF_HOME names another place"):
        fetch(HubAddress("ann/news"), everything, cache=tmp_path / "cache")


def test_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    for act in (lambda: publish("ann/news", FILES), lambda: fetch(HubAddress("ann/news"), everything)):
        with pytest.raises(MissingExtraError, match=r"pip install 'wordlab\[hub\]' brings it"):
            act()
