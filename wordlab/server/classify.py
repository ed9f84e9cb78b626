"""The route that classifies texts, and explains why."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from wordlab.sentiment.base import Explanation, Prediction, TextModel
from wordlab.sentiment.features.tally import Tally
from wordlab.server.bodies import Body, Strings
from wordlab.server.replies import json_reply
from wordlab.server.served import Served

router = APIRouter(tags=["classifiers"])


class ClassifyBody(Body):
    """Texts, and whether to explain their classes."""

    texts: Strings
    classifier: str | None = None
    explain: bool = False
    num_reasons: Annotated[int, Field(ge=1, le=1_000)] = 10


@router.post("/classify", summary="The classes of texts, with probabilities")
async def classify(request: Request, body: ClassifyBody) -> Response:
    """Each text's class and the probability of every class; on request what speaks for the class."""
    served: Served = request.app.state.served
    served.check_number("texts", body.texts)
    name, model = served.choose_classifier(body.classifier)
    tally, threads = Tally(), served.config.threads
    found = await served.threads.classify(_predictions, model, body, threads, tally)
    predictions = []
    for text, prediction in zip(body.texts, found, strict=True):
        facts: dict[str, Any] = {
            "label": prediction.label,
            "probabilities": prediction.probabilities,
            "known_words": prediction.known_words,
        }
        if body.explain:  # one by one, so that a request which has run out of time goes no further
            explain = model.explain
            reasons = await served.threads.classify(explain, text, label=prediction.label)
            facts |= _explanation(reasons.strongest(body.num_reasons))
            facts["tokens"] = model.tokenizer(text.replace("\n", " "))
        predictions.append(facts)
    return await json_reply(served, {"classifier": name, "predictions": predictions, **tally.facts()})


def _predictions(model: TextModel, body: ClassifyBody, threads: int, tally: Tally) -> list[Prediction]:
    return list(model.predict_stream(body.texts, threads=threads, tally=tally))


def _explanation(found: Explanation) -> dict[str, Any]:
    reasons = [
        {"words": " ".join(reason.words), "position": reason.position, "weight": reason.weight}
        for reason in found.reasons
    ]
    return {"logit": found.logit, "rest": found.rest, "reasons": reasons}
