"""How the words of a test set are found among the vectors: policies, and what to do if few are found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from wordlab.embeddings.choices import POLICIES, Policy
from wordlab.embeddings.evaluation.spellings import AS_WRITTEN, Spelling, spellings
from wordlab.embeddings.vectors import WordVectors
from wordlab.embeddings.word_rows import Composed, compose
from wordlab.text.casing import Language, lower

GENSIM_RESTRICT_VOCAB = 300_000  # the default of gensim's evaluate_word_pairs and evaluate_word_analogies
_FEW = 0.5  # of the rows of a set: below this share other spellings are tried
_VERY_FEW = 0.1  # below this share, a much better one is used
_MUCH_BETTER = 5
_CLEARLY_BETTER = 1.5
_EXAMPLES = 3
_FREQUENT = 1_000

Rows = Sequence[Sequence[str]]
Found = Mapping[str, tuple[int, ...]]
"""The ids of each distinct word in the rows of a set, none for a lost one."""


class Fit(NamedTuple):
    """How the words of a set are found, what is found of them, and what readers of the numbers must know.

    `composed` are the lost words that have a vector through their n-grams; None where such do not count.
    """

    lookup: Lookup
    found: Found
    note: str | None
    composed: Composed | None = None


class Lookup:
    """Finds ids under a policy, among the first `num_candidates` words of the vocabulary.

    "wordlab" takes a word as written, or else lower-cased. "gensim" upper-cases the data set and the
    vocabulary; of words that become equal the first (most frequent) stands for all, as with
    `case_insensitive=True` in gensim. `language` is the one whose lower case is meant, by default that of the
    vectors' tokenizer; `spelling` is what the words of the set go through first; `has_alternatives` lets
    ``b/c/d`` stand for any of three words.
    """

    def __init__(
        self,
        vectors: WordVectors,
        policy: Policy,
        restrict_vocab: int | None,
        *,
        language: Language | None = None,
        spelling: Spelling = AS_WRITTEN,
        has_alternatives: bool = False,
    ) -> None:
        if policy not in POLICIES:
            raise ValueError(f"expected a policy out of {', '.join(POLICIES)}, found {policy!r}")
        if restrict_vocab is None:
            restrict_vocab = GENSIM_RESTRICT_VOCAB if policy == "gensim" else len(vectors)
        if restrict_vocab < 1:
            raise ValueError(f"expected restrict_vocab of 1 or more, found {restrict_vocab}")
        self.policy = policy
        self.spelling = spelling
        self.num_candidates = min(restrict_vocab, len(vectors))
        self._language = language or getattr(vectors.tokenizer, "language", None)
        self._has_alternatives = has_alternatives
        self._vocabulary, self._subwords = vectors.vocabulary, vectors.subwords
        self._variants: dict[str, list[int]] = {}
        if policy == "gensim":
            for id, word in enumerate(vectors.vocabulary.words[: self.num_candidates]):
                self._variants.setdefault(word.upper(), []).append(id)

    def describe(self) -> str:
        """The policy in words, for readers of the numbers."""
        language = f" as in {self._language}" if self._language and self.policy == "wordlab" else ""
        return (
            f"{self.policy}: {POLICIES[self.policy]}{language}; among the first {self.num_candidates:,} words"
        )

    def id(self, word: str) -> int | None:
        """The id of a word of the data set, or None if it is lost."""
        if self.policy == "gensim":
            variants = self._variants.get(word.upper())
            return variants[0] if variants else None
        spelt = self.spelling.spell(word)
        lowered = lower(word, self._language)
        for form in (spelt, self.spelling.spell(lowered), lower(spelt, self._language)):
            id = self._vocabulary.get(form)
            if id is not None and id < self.num_candidates:
                return id
        return None

    def composed(self, lost: Sequence[str]) -> Composed | None:
        """Those of the `lost` words that have a vector through their n-grams, by the names in the set.

        None without subwords, under gensim's policy, and where only a part of the vocabulary counts. Words
        are read in lower case where the most frequent words of the vocabulary are all in lower case. Of
        ``word/word/word`` the first is meant.
        """
        if self.policy == "gensim" or self.num_candidates < len(self._vocabulary):
            return None
        frequent = self._vocabulary.words[:_FREQUENT]
        in_lower_case = all(lower(word, self._language) == word for word in frequent)
        words = [next(iter(self._words(field)), field) for field in lost]
        if in_lower_case:
            words = [lower(word, self._language) for word in words]
        forms = [self.spelling.spell(word) for word in words]
        made = compose(forms, (), self._subwords)
        if made is None:
            return None
        rows = {field: made.row_of.get(form) for field, form in zip(lost, forms, strict=True)}
        return Composed({field: row for field, row in rows.items() if row is not None}, made.vectors)

    def _words(self, field: str) -> list[str]:
        """The words that `field` stands for: itself, unless it is ``word/word/word`` and not a known word."""
        if self._has_alternatives and "/" in field and self.id(field) is None:
            return [word for word in field.split("/") if word]
        return [field]

    def alternatives(self, field: str) -> tuple[int, ...]:
        """The ids of a word, or else of those of ``word/word/word`` that have vectors, as in BATS."""
        return tuple(id for word in self._words(field) if (id := self.id(word)) is not None)

    def same(self, id: int) -> Sequence[int]:
        """All ids that count as the word `id`, itself first."""
        if self.policy == "gensim":
            return self._variants[self._vocabulary.words[id].upper()]
        return (id,)

    def found(self, rows: Rows) -> Found:
        """The ids of the words in `rows`."""
        return {word: self.alternatives(word) for word in dict.fromkeys(w for row in rows for w in row)}

    def with_spelling(self, vectors: WordVectors, spelling: Spelling) -> Lookup:
        """The same but for the spelling, always under the policy "wordlab"."""
        return Lookup(
            vectors, "wordlab", self.num_candidates, language=self._language, spelling=spelling,
            has_alternatives=self._has_alternatives,
        )  # fmt: skip


def num_used(rows: Rows, found: Found) -> int:
    """How many rows have no lost word."""
    return sum(all(found[word] for word in row) for row in rows)


def fit(lookup: Lookup, vectors: WordVectors, rows: Rows, what: str) -> Fit:
    """The lookup to use for `rows`, which are `what`, with what it finds and what n-grams make of the rest.

    If next to none can be used as written but many in another spelling, it is that one, except under
    gensim's policy. If few can, the words say why and what would help.
    """
    chosen = _fit(lookup, vectors, rows, what)
    lost = [word for word, ids in chosen.found.items() if not ids]
    composed = chosen.lookup.composed(lost)
    if composed is not None and composed.row_of and chosen.lookup.spelling is AS_WRITTEN:
        chosen = chosen._replace(note=None)  # what has no vector of its own has one nevertheless
    return chosen._replace(composed=composed)


def _fit(lookup: Lookup, vectors: WordVectors, rows: Rows, what: str) -> Fit:
    """The same by the vocabulary alone."""
    found = lookup.found(rows)
    used = num_used(rows, found)
    if used >= _FEW * len(rows):
        return Fit(lookup, found, None)
    other, found_so = _best(lookup, vectors, rows)
    best = num_used(rows, found_so)
    can_change = lookup.policy != "gensim" and used < _VERY_FEW * len(rows)
    if can_change and best >= max(1, _MUCH_BETTER * used):
        counts = f"{best:,} of {len(rows):,} {what} can be used so, {used:,} as written"
        return Fit(other, found_so, f"words are read {other.spelling.name}: {counts}")
    if used and best < max(_CLEARLY_BETTER * used, used + 1):
        return Fit(lookup, found, None)  # the words are rare or foreign; the counts say so
    lost = _examples(word for word, ids in found.items() if not ids)
    note = f"{used:,} of {len(rows):,} {what} can be used, because there is no vector for {lost}"
    if best > used:
        note += f"; {best:,} could be if words were read {other.spelling.name}"
    else:
        note += f"; words look like {_examples(vectors.vocabulary.words)}"
    return Fit(lookup, found, note)


def _best(lookup: Lookup, vectors: WordVectors, rows: Rows) -> tuple[Lookup, Found]:
    """The lookup with the spelling, other than as written, that lets most rows be used, and what it finds."""
    others = (lookup.with_spelling(vectors, spelling) for spelling in spellings(vectors.vocabulary))
    return max(((other, other.found(rows)) for other in others), key=lambda each: num_used(rows, each[1]))


def _examples(words: Iterable[str]) -> str:
    shown = [repr(word) for _, word in zip(range(_EXAMPLES), words, strict=False)]
    return ", ".join(shown)
