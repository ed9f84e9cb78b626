"""Test sets of all kinds on 400,000 vectors of 300 dimensions, and BATS's 98,000 questions beside gensim.

    python benchmarks/evaluation.py
    python benchmarks/evaluation.py --bats BATS_3.0/

The vectors are drawn from a seed. Without --bats the questions are of BATS's shape: 40 relations of 50
pairs each, every ordered pair of pairs a question, among words whose vectors were made to answer many of
them. wordlab answers all by 3CosAdd, gensim a sample of them, one `most_similar` for each as
`evaluate_word_analogies` asks; both speeds are questions a second. The answers to the sample are compared.
Memory is what the process takes beyond what it had with the vectors in it. Other kinds are timed on sets of
the size of published ones: SimVerb's 3,500 pairs, BLESS's 200 words in 17
categories, WikiSem500's 500 groups.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from pathlib import Path

import numpy as np
from reporting import Limit, add_json_option, deliver, ratio, verdicts
from timing import timed

from wordlab.embeddings import WordVectors
from wordlab.embeddings.evaluation import evaluate_categories, evaluate_outliers, evaluate_similarity
from wordlab.embeddings.evaluation.analogy import answer_questions
from wordlab.embeddings.evaluation.judging import Judging
from wordlab.embeddings.evaluation.questions import read_questions
from wordlab.text import Vocabulary

NUM_RELATIONS, NUM_PAIRS = 40, 50
NOISE = 2.4  # in lengths of an offset; with it many questions are answered, and not all
MOST_MEGABYTES = 500.0
LEAST = 10.0  # times gensim


def words_of(path: Path) -> list[str]:
    """The distinct words of all questions in BATS's directory, first alternatives and others."""
    found = {
        word
        for _, questions in read_questions(path).sections
        for question in questions
        for field in question
        for word in field.split("/")
    }
    return sorted(found)


def make_vectors(num_words: int, dim: int, seed: int, first: list[str]) -> WordVectors:
    """Vectors of normal numbers; unless `first` words are given, with the relations of BATS's shape."""
    rng = np.random.default_rng(seed)
    matrix = np.empty((num_words, dim), np.float32)
    rng.standard_normal(out=matrix, dtype=np.float32)
    if not first:
        for relation in range(NUM_RELATIONS):
            offset = rng.standard_normal(dim, dtype=np.float32)
            here = slice(2 * relation * NUM_PAIRS, 2 * (relation + 1) * NUM_PAIRS)
            rows = matrix[here]
            rows[1::2] = rows[::2] + offset + NOISE * rows[1::2]
    words = [*first, *(f"w{number}" for number in range(num_words - len(first)))]
    return WordVectors(Vocabulary(words, np.arange(num_words, 0, -1)), matrix)


def write_relations(folder: Path) -> Path:
    """A directory of BATS's shape: a file for each relation, a pair on each line."""
    folder.mkdir()
    for relation in range(NUM_RELATIONS):
        start = 2 * relation * NUM_PAIRS
        pairs = [f"w{start + 2 * pair}\tw{start + 2 * pair + 1}\n" for pair in range(NUM_PAIRS)]
        (folder / f"R{relation:02}.txt").write_text("".join(pairs), encoding="utf-8")
    return folder


def write_others(folder: Path, rng: np.random.Generator, words: list[str]) -> tuple[Path, Path, Path]:
    """Rated pairs, words with their categories, and groups with outliers, of the size of published sets."""
    pairs, categories, groups = folder / "pairs.tsv", folder / "categories.tsv", folder / "groups"
    drawn = rng.choice(len(words), (3_500, 2))
    rows = [f"{words[a]}\t{words[b]}\t{rng.uniform(0, 10):.2f}\n" for a, b in drawn]
    pairs.write_text("".join(rows), encoding="utf-8")
    rows = [
        f"{words[id]}\tc{place % 17}\n" for place, id in enumerate(rng.choice(len(words), 200, replace=False))
    ]
    categories.write_text("".join(rows), encoding="utf-8")
    groups.mkdir()
    for group in range(500):
        chosen = [words[id] for id in rng.choice(len(words), 16, replace=False)]
        (groups / f"{group}.txt").write_text("\n".join([*chosen[:8], "", *chosen[8:]]), encoding="utf-8")
    return pairs, categories, groups


def peak_megabytes() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> None:
    """Run the comparison and report it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--bats", metavar="DIR", help="the directory of BATS (default: made from the seed)")
    parser.add_argument("--words", type=int, default=400_000, help="vectors (default 400,000)")
    parser.add_argument("--dim", type=int, default=300, help="their dimensions (default 300)")
    parser.add_argument(
        "--sample", type=int, default=200, help="questions that gensim is asked a run (default 200)"
    )
    parser.add_argument("--runs", type=int, default=2, help="runs of each, in turn (default 2)")
    parser.add_argument("--seed", type=int, default=1, help="of the vectors and samples (default 1)")
    add_json_option(parser)
    options = parser.parse_args()
    vectors = make_vectors(
        options.words, options.dim, options.seed, words_of(Path(options.bats)) if options.bats else []
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(options.bats) if options.bats else write_relations(Path(place) / "BATS")
        others = write_others(Path(place), np.random.default_rng(options.seed), vectors.vocabulary.words)
        report(options, vectors, folder, others)


def report(
    options: argparse.Namespace, vectors: WordVectors, bats: Path, others: tuple[Path, Path, Path]
) -> None:
    """Time all kinds on the vectors, the questions beside gensim, and deliver the figures."""
    questions = [question for _, asked in read_questions(bats).sections for question in asked]
    before = peak_megabytes()

    def with_wordlab() -> np.ndarray:
        fresh = WordVectors(vectors.vocabulary, vectors.matrix)  # nothing is cached from the run before
        return answer_questions(fresh, bats, Judging(), methods=["3cosadd"]).correct["3cosadd"]

    first, correct = timed(with_wordlab)
    megabytes = peak_megabytes() - before
    kinds = dict(zip(("similarity", "categories", "outliers"), others, strict=True))
    judges = {
        "similarity": evaluate_similarity, "categories": evaluate_categories, "outliers": evaluate_outliers,
    }  # fmt: skip
    seconds = {kind: timed(lambda kind=kind: judges[kind](vectors, kinds[kind]))[0] for kind in kinds}

    keyed = vectors.to_gensim()
    keyed.fill_norms()
    rng = np.random.default_rng(options.seed)
    theirs, ours, same, num_sampled = [], [], 0, 0
    for _ in range(options.runs):
        sample = rng.choice(len(questions), options.sample, replace=False)
        known = [id for id in sample.tolist() if all(word in keyed for word in questions[id][:3])]

        def with_gensim(known: list[int] = known) -> list[bool]:
            answers = [
                keyed.most_similar(positive=[b, c], negative=[a], topn=1)[0][0]
                for a, b, c, _ in (questions[id] for id in known)
            ]
            return [answer in questions[id][3].split("/") for id, answer in zip(known, answers, strict=True)]

        needed, found = timed(with_gensim)
        theirs.append(len(known) / needed)
        ours.append(len(questions) / timed(with_wordlab)[0])
        same += sum(bool(correct[id]) == right for id, right in zip(known, found, strict=True))
        num_sampled += len(known)
    speed = ratio(f"analogies, {len(questions):,} questions", "gensim", theirs, ours, "questions/s", LEAST)
    limit = Limit("memory of all questions beyond the vectors", megabytes, MOST_MEGABYTES, "MB")
    deliver(
        options,
        f"{len(questions):,} questions of {'BATS' if options.bats else 'the shape of BATS'} (3CosAdd), "
        f"{options.words:,} words, {options.dim} dimensions, {options.runs} runs",
        f"gensim       {speed.theirs:10,.1f} questions/s  (of a sample of {options.sample}; all would "
        f"take {len(questions) / speed.theirs / 60:,.0f} min)\n"
        f"wordlab      {speed.ours:10,.1f} questions/s  (all, {len(questions) / speed.ours:.1f} s; first "
        f"run, which may compile: {first:.1f} s)\n"
        f"ratio        {speed.times:10.1f}\n"
        f"right        {correct.mean():10.1%} of all; {same:,} of {num_sampled:,} sampled are right or wrong "
        "in both\n"
        f"memory       {megabytes:10,.0f} MB beyond the vectors' {vectors.matrix.nbytes / 1e6:,.0f}\n"
        + "".join(f"{kind:<12} {needed:10.2f} s\n" for kind, needed in seconds.items())
        + verdicts([speed], [limit]),
        ratios=[speed],
        limits=[limit],
        measured={
            "first_seconds": first, "accuracy": float(correct.mean()), "sampled": num_sampled, "same": same,
            "seconds": seconds,
        },
    )  # fmt: skip


if __name__ == "__main__":
    main()
