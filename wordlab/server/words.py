"""Routes about words: what is known of one, its neighbours, analogies, similarity, the odd one out."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from wordlab.embeddings.choices import AnalogyMethod
from wordlab.embeddings.vectors import Neighbour
from wordlab.server.bodies import Body, K, Strings
from wordlab.server.errors import Refusal
from wordlab.server.replies import json_reply
from wordlab.server.served import Served, ServedVectors

router = APIRouter(tags=["words"])
_MOST_SUBWORDS = 1_000  # of a long word
Triple = Annotated[list[str], Field(min_length=3, max_length=3)]
Pair = Annotated[list[Strings], Field(min_length=2, max_length=2)]


class NearestBody(Body):
    """Words, and how many neighbours of each."""

    words: Strings
    k: K = 10
    model: str | None = None


class AnalogyBody(Body):
    """Questions [a, b, c]: a is to b as c is to what?"""

    questions: list[Triple]
    k: K = 10
    method: AnalogyMethod = "3cosadd"
    model: str | None = None


class SimilarityBody(Body):
    """Pairs to compare; either side may be a list of words, which stands for its mean."""

    pairs: list[Pair]
    model: str | None = None


class OddOneOutBody(Body):
    """Lists of three words or more."""

    lists: list[Annotated[list[str], Field(min_length=3)]]
    model: str | None = None


class CompareBody(Body):
    """Words, and the two sets in which to look for their neighbours."""

    words: Strings
    model: str
    other: str
    k: K = 10


@router.get("/words/{word:path}", summary="What is known of a word")
async def word_facts(request: Request, word: str, model: str | None = None,
                     vector: Annotated[bool, Query()] = False) -> Response:  # fmt: skip
    """Its rank (from 0), count (null if unknown), the length of its vector and, if asked for, the vector.

    Of a set with n-grams also those of the word, 1,000 at most.
    """
    served: Served = request.app.state.served
    chosen = served.choose_vectors(model)
    through = await chosen.through_subwords([word])
    id = chosen.vectors.vocabulary.get(word)
    row = chosen.vectors[word]
    count = None if id is None else int(chosen.vectors.vocabulary.counts[id])
    facts: dict[str, Any] = {
        "model": chosen.name,
        "word": word,
        "rank": id,
        "count": count or None,
        "norm": float((row.astype("float64") ** 2).sum() ** 0.5),
        "through_subwords": bool(through),
    }
    if chosen.vectors.subwords is not None:
        facts["subwords"] = list(islice(chosen.vectors.subwords.ngrams(word), _MOST_SUBWORDS))
    if vector:
        facts["vector"] = row.tolist()
    return await json_reply(served, facts)


@router.post("/nearest", summary="The nearest words of words")
async def nearest(request: Request, body: NearestBody) -> Response:
    """For each word the k words of largest cosine, best first."""
    served: Served = request.app.state.served
    served.check_number("words", body.words)
    chosen = served.choose_vectors(body.model)
    through = await chosen.through_subwords(body.words)
    answers = await chosen.nearest(body.words, body.k)
    words = [
        {"word": word, "nearest": _neighbours(found)} for word, found in zip(body.words, answers, strict=True)
    ]
    facts = {"model": chosen.name, "k": body.k, "words": words, **_through(chosen, through)}
    return await json_reply(served, facts, num_numbers=body.k * len(words))


@router.post("/analogy", summary="a is to b as c is to what?")
async def analogy(request: Request, body: AnalogyBody) -> Response:
    """The k best answers to each question, by adding cosines (3cosadd) or multiplying them (3cosmul)."""
    served: Served = request.app.state.served
    served.check_number("questions", body.questions)
    chosen = served.choose_vectors(body.model)
    through = await chosen.through_subwords([word for question in body.questions for word in question])
    triples = [(a, b, c) for a, b, c in body.questions]
    answers = await chosen.analogies(triples, body.k, body.method)
    questions = [
        {"a": a, "b": b, "c": c, "answers": _neighbours(found)}
        for (a, b, c), found in zip(triples, answers, strict=True)
    ]
    facts = {"model": chosen.name, "k": body.k, "method": body.method, "questions": questions}
    return await json_reply(served, facts | _through(chosen, through), num_numbers=body.k * len(questions))


@router.post("/similarity", summary="The cosines of pairs of words, or of lists of words")
async def similarity(request: Request, body: SimilarityBody) -> Response:
    """The cosine of each pair; of lists of words it is that of their mean vectors."""
    served: Served = request.app.state.served
    served.check_number("pairs", body.pairs)
    sides = [side for pair in body.pairs for side in pair]
    if not all(sides):
        raise Refusal(422, "invalid_body", "pairs: expected words on each side, found an empty list")
    words = [word for side in sides for word in side]
    _check_words(served, words)
    chosen = served.choose_vectors(body.model)
    through = await chosen.through_subwords(words)
    compare = chosen.vectors.list_similarity
    cosines = await served.threads.run(lambda: [compare(*pair) for pair in body.pairs])
    pairs = [
        {"word": _plain(word), "other": _plain(other), "similarity": cosine}
        for (word, other), cosine in zip(body.pairs, cosines, strict=True)
    ]
    return await json_reply(served, {"model": chosen.name, "pairs": pairs, **_through(chosen, through)})


@router.post("/odd-one-out", summary="The word of each list that fits the others least")
async def odd_one_out(request: Request, body: OddOneOutBody) -> Response:
    """The words of each list with their cosines to the mean of all; the odd one comes first."""
    served: Served = request.app.state.served
    served.check_number("lists", body.lists)
    words = [word for part in body.lists for word in part]
    _check_words(served, words)
    chosen = served.choose_vectors(body.model)
    through = await chosen.through_subwords(words)
    find = chosen.vectors.odd_one_out
    ranked = await served.threads.run(lambda: [find(part) for part in body.lists])
    lists = [{"odd_one_out": found[0].word, "words": _neighbours(found)} for found in ranked]
    return await json_reply(served, {"model": chosen.name, "lists": lists, **_through(chosen, through)})


@router.post("/compare", summary="The neighbours of words in two sets")
async def compare(request: Request, body: CompareBody) -> Response:
    """The k nearest words in each set, and the share of them that both have in common."""
    served: Served = request.app.state.served
    served.check_number("words", body.words)
    sets = [served.choose_vectors(name) for name in (body.model, body.other)]
    for chosen in sets:
        await chosen.through_subwords(body.words)
    left, right = [await chosen.nearest(body.words, body.k) for chosen in sets]
    words = [
        {
            "word": word,
            "overlap": _overlap(ours, theirs),
            "nearest": _neighbours(ours),
            "nearest_in_other": _neighbours(theirs),
        }
        for word, ours, theirs in zip(body.words, left, right, strict=True)
    ]
    facts = {"model": body.model, "other": body.other, "k": body.k, "words": words}
    return await json_reply(served, facts, num_numbers=2 * body.k * len(words))


def _check_words(served: Served, words: Sequence[str]) -> None:
    """Refusal for more words than a request may ask for, in all its lists together."""
    most = 4 * served.config.max_batch
    if len(words) > most:
        raise Refusal(
            422, "batch_too_large", f"words: expected at most {most:,} in all, found {len(words):,}"
        )


def _overlap(ours: Sequence[Neighbour], theirs: Sequence[Neighbour]) -> float:
    common = {found.word for found in ours} & {found.word for found in theirs}
    return len(common) / max(1, len(ours), len(theirs))


def _neighbours(found: Sequence[Neighbour]) -> list[dict[str, Any]]:
    return [{"word": word, "similarity": cosine} for word, cosine in found]


def _plain(side: list[str]) -> str | list[str]:
    return side[0] if len(side) == 1 else side


def _through(chosen: ServedVectors, words: list[str]) -> dict[str, list[str]]:
    return {} if chosen.vectors.subwords is None else {"through_subwords": words}
