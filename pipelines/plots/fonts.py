"""Fonts for labels in any script, found among those installed; a clear message if none will do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from wordlab.errors import ConfigError

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

DEFAULT = "DejaVu Sans"  # comes with Matplotlib
# Fonts with Chinese characters, the most legible first; others are tried after them.
CHINESE = (
    "Noto Sans CJK", "Noto Sans SC", "Source Han Sans", "WenQuanYi", "PingFang", "Hiragino Sans GB",
    "Microsoft YaHei", "SimHei", "Arial Unicode",
)  # fmt: skip
_PLACEHOLDER = "Last Resort"  # maps every character to the picture of a missing glyph
_NUM_SHOWN = 5  # missing characters that a message names


def families_for(texts: Iterable[str], file: Path | None = None) -> list[str]:
    """Font families that together have all characters of `texts`, for Matplotlib to try in this order.

    `file` comes first if given, then the default font; without `file`, installed fonts supply what the
    default lacks. Raises ConfigError if a character is in none of them, or if `file` is not a font.
    """
    from matplotlib import font_manager

    default = Path(font_manager.findfont(DEFAULT))
    if file is not None:
        _open(file)
        font_manager.fontManager.addfont(str(file))
    always = (default,) if file is None else (file, default)
    families: list[str] = []
    missing = _drawn(texts)
    for path in chain(always, installed_fonts() if file is None else ()):
        try:
            font = _open(path)
        except ConfigError:  # deleted since Matplotlib made its list
            continue
        found = missing & {chr(code) for code in font.get_charmap()}
        if found or (path in always and font.family_name not in families):
            families.append(font.family_name)
        missing -= found
        if not missing:
            return families
    raise ConfigError(_message(missing, file))


def installed_fonts() -> Iterator[Path]:
    """The files of installed fonts, those for Chinese first.

    Matplotlib makes its list of fonts once; fonts installed since are added to it.
    """
    from matplotlib import font_manager

    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known:
            try:
                font_manager.fontManager.addfont(path)
            except (OSError, RuntimeError):  # not a font that Matplotlib can read, nor draw with
                continue
    rank = {name: place for place, name in enumerate(CHINESE)}

    def preference(entry: font_manager.FontEntry) -> tuple[int, bool, str, str]:
        places = [place for name, place in rank.items() if entry.name.startswith(name)]
        regular = entry.style == "normal" and entry.weight in (400, "normal", "regular")
        return (min(places, default=len(rank)), not regular, entry.name, entry.fname)

    for entry in sorted(font_manager.fontManager.ttflist, key=preference):
        if not entry.name.startswith(_PLACEHOLDER):
            yield Path(entry.fname)


def label(text: str) -> str:
    """`text` as it is drawn, with white space as spaces and other characters without a shape as U+FFFD."""
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\ufffd"
        for char in unicodedata.normalize("NFC", text)
    )


def _drawn(texts: Iterable[str]) -> set[str]:
    return {char for text in texts for char in label(text)} - {" "}


def _open(path: Path) -> FT2Font:
    from matplotlib import font_manager

    try:
        return font_manager.get_font(str(path.absolute()))  # Matplotlib caches fonts by path, relative or not
    except FileNotFoundError as error:
        raise ConfigError(f"font: expected a font file, found no {path}") from error
    except (OSError, RuntimeError) as error:
        raise ConfigError(f"font: expected a font file, found {path}, which cannot be read as one") from error


def _message(missing: set[str], file: Path | None) -> str:
    shown = " ".join(sorted(missing)[:_NUM_SHOWN])
    if len(missing) > _NUM_SHOWN:
        shown += f" and {len(missing) - _NUM_SHOWN:,} more characters"
    if file is not None:
        return f"font: expected a font that has {shown}, found {file}, which lacks them"
    return (
        f"font: expected an installed font that has {shown}, found none; "
        f"install {CHINESE[0]} or WenQuanYi Micro Hei, or name a font file"
    )
