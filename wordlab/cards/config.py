"""CardConfig: what only the maker of vectors or of a classifier knows of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wordlab.errors import ConfigError

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LICENSE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}")
_LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class CardConfig:
    """What a card cannot know otherwise; None and () leave it out. Raises ConfigError.

    >>> CardConfig(license="cc-by-sa-4.0", text_languages=("en",)).license
    'cc-by-sa-4.0'
    """

    title: str | None = None
    """The name of the model; None for that of its directory."""
    license: str | None = None
    """Under which licence it is given away, as the Hub writes it: mit, apache-2.0, cc-by-sa-4.0, ..."""
    text_languages: tuple[str, ...] = ()
    """The languages of its text by their codes: en, pt-BR, ..."""

    def __post_init__(self) -> None:
        if self.title is not None and not 0 < len(self.title.strip()) <= _LONGEST:
            raise ConfigError(f"title: expected 1 to {_LONGEST} characters, found {len(self.title.strip())}")
        if self.license is not None and not _LICENSE.fullmatch(self.license):
            raise ConfigError(
                f"license: expected a name as the Hub writes it, such as cc-by-sa-4.0, found {self.license!r}"
            )
        for language in self.text_languages:
            if not _LANGUAGE.fullmatch(language):
                raise ConfigError(f"text_languages: expected codes such as en or pt-BR, found {language!r}")
