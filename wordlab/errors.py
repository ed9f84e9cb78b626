"""The exceptions that wordlab raises on purpose.

Each one also inherits the built-in that fits, so that ``except ValueError`` around a reader
works as anybody would expect. The message is one line that says where, what was expected and
what was found; the command line prints it unchanged.
"""

from __future__ import annotations

from wordlab.visible import one_line


class WordlabError(Exception):
    """Base of all errors that a user can cause with data, files or options.

    Whatever names and values the message quotes, it is one line without control characters.
    """

    def __init__(self, message: object = "") -> None:
        super().__init__(one_line(str(message)))

    # OSError and KeyError format their arguments in ways of their own; ours is always a single message.
    def __str__(self) -> str:
        return str(self.args[0])


class ConfigError(WordlabError, ValueError):
    """An option has an invalid value; the message names the option and what is allowed."""


class SourceError(WordlabError, OSError):
    """An input cannot be found, opened or read to its end."""


class FormatError(WordlabError, ValueError):
    """A file's content breaks the rules of its format."""


class CorpusError(WordlabError, ValueError):
    """A corpus is too small, or has too few words, for what was asked of it."""


class ArtifactError(WordlabError, ValueError):
    """A directory is not an artefact of the expected kind, is damaged, or cannot be written."""


class OutputExistsError(WordlabError, FileExistsError):
    """The output exists already, and overwriting was not asked for."""


class UnknownWordError(WordlabError, KeyError):
    """A word is not in the vocabulary; the message names near spellings if there are any."""


class TrainingError(WordlabError, RuntimeError):
    """Training cannot continue, for example because the loss is no longer finite."""


class ResourceError(WordlabError, OSError):
    """There is less memory or disk than the work needs; the message says how much, and what would help."""


class MissingExtraError(WordlabError, ImportError):
    """An optional package is needed but not installed; the message names the extra that installs it."""
