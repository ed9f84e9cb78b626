"""Progress of training that goes through the texts several times: to count, and for each model it fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wordlab.progress import Reporter


class Passes:
    """Counts the texts gone through, in all passes together, and reports them."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._done = 0

    def plan(self, num_texts: int) -> None:
        """Say how many texts all passes go through; those of a first pass are known before."""
        self._reporter.total = num_texts

    def each(self, texts: Iterable[str]) -> Iterator[str]:
        """The texts one by one, counted."""
        for text in texts:
            yield text
            self._done += 1
            self._reporter.update(self._done)

    def add(self, num_texts: int) -> None:
        """Count the texts that a model was fitted on."""
        self._done += num_texts
        self._reporter.report(self._done)
