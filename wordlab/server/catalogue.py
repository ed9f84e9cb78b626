"""Routes that say what is served: sets, classifiers, and the story of each classifier."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from wordlab.sentiment.base import TextModel
from wordlab.server.replies import json_reply
from wordlab.server.served import Served, ServedVectors

router = APIRouter(tags=["what is served"])


@router.get("/catalogue", summary="The sets of vectors and the classifiers")
async def catalogue(request: Request) -> Response:
    """Names, sizes and classes; the first set, and the first classifier, is the default."""
    served: Served = request.app.state.served
    classifiers = [
        {"name": name, "title": model.title, "classes": list(model.classes)}
        for name, model in served.classifiers.items()
    ]
    return await json_reply(
        served, {"sets": list(map(_set, served.vectors.values())), "classifiers": classifiers}
    )


@router.get("/classifiers/{name}/card", summary="The story of a classifier")
async def card(request: Request, name: str) -> Response:
    """What it learnt from and how, how well it did on texts held out, and its settings; null if not recorded."""
    served: Served = request.app.state.served
    name, model = served.choose_classifier(name)
    return await json_reply(served, {"name": name, **_story(model)})


def _set(each: ServedVectors) -> dict[str, Any]:
    vectors = each.vectors
    return {
        "name": each.name,
        "num_words": len(vectors),
        "dim": vectors.dim,
        "counts": bool(vectors.vocabulary.counts[0]),
        "subwords": vectors.subwords is not None,
    }


def _story(model: TextModel) -> dict[str, Any]:
    number, noun = model.size
    return {
        "title": model.title,
        "classes": list(model.classes),
        "class_shares": None if model.class_shares is None else list(model.class_shares),
        "num_texts": None if model.seen is None else len(model.seen),  # each counted once
        "size": {"number": number, "noun": noun},
        "tokenizer": model.tokenizer.to_dict(),
        "held_out": None if model.held_out is None else model.held_out.to_dict(),
        "config": model.config.to_dict(),
        "facts": model.facts(),
        "digest": model.digest,
    }
