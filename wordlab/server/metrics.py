"""What /metrics tells Prometheus."""

from __future__ import annotations

import os

from fastapi import APIRouter
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import Response

from wordlab.server.config import METRICS_FOLDER

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_WORDS = tuple(float(1 << power) for power in range(12))

router = APIRouter(tags=["operation"])


class Metrics:
    """Counters of one application, or of all its processes where they share a folder."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.requests = Counter(
            "wordlab_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "wordlab_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self.running = Gauge(
            "wordlab_requests_running", "Requests being answered.",
            multiprocess_mode="livesum", registry=registry,
        )  # fmt: skip
        self.batch_words = Histogram(
            "wordlab_batch_words", "Words or texts computed together.", buckets=_WORDS, registry=registry
        )
        self.words = Counter("wordlab_text_words", "Words of texts.", registry=registry)
        self.unknown_words = Counter(
            "wordlab_text_unknown_words", "Words of texts without a vector.", registry=registry
        )

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        if METRICS_FOLDER not in os.environ:
            return generate_latest(self.registry)
        shared = CollectorRegistry()
        MultiProcessCollector(shared)  # type: ignore[no-untyped-call]
        return generate_latest(shared)


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    """Counts of requests, their times, sizes of batches, and words without a vector."""
    found: Metrics = request.app.state.served.metrics
    return Response(found.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)
