"""A step as a command line: its values become words, which the command has to accept."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from pipelines import options
from pipelines.groups import near_name
from pipelines.runs.early import check_words
from pipelines.runs.keys import RUNNERS, Key, keys_of, params_of
from pipelines.runs.reading import Scalar, Value, spelt
from wordlab.errors import FormatError
from wordlab.io.urls import is_url

Place = Callable[[str | None], Path]
"""Where a step writes: the place of its artefact for None, or that of a file of this name."""

_NO_STEPS = {
    "serve": "it ends only when it is interrupted",
    "run": "a pipeline cannot run another",
    "demo": "it runs commands itself",
}


@dataclass(frozen=True)
class Call:
    """A command with its arguments.

    `output` is what the step's name stands for elsewhere: the artefact,
    or the only file that it writes. `outputs` are all that it writes, by the keys of the options; `inputs`
    the texts that may name something to read, `files` those of them that must; `flags` those of the
    runner's options that the command has.
    """

    command: str
    options: tuple[str, ...]
    arguments: tuple[str, ...]
    given: Mapping[str, Value]
    output: Path | None
    outputs: Mapping[str, Path]
    inputs: tuple[str, ...]
    files: frozenset[str]
    flags: frozenset[str]

    @property
    def words(self) -> tuple[str, ...]:
        """The command line after the command."""
        return (*self.options, "--", *self.arguments)

    @property
    def typed(self) -> str:
        """The command line as people type it: arguments, then options, then the output."""
        options, output = [], []
        for word in self.options:
            name, is_long, value = word.partition("=") if word.startswith("--") else (word, "", "")
            if name == "--output":
                output = ["-o", value]
            else:
                options += [name, value] if is_long else [name]
        words = [*self.arguments, *options, *output]
        if any(word.startswith("-") for word in self.arguments):
            words = [*options, *output, "--", *self.arguments]
        return shlex.join(["wordlab", *self.command.split(), *words])


@dataclass
class _Parts:
    """A call being put together."""

    options: list[str] = field(default_factory=list)
    arguments: dict[str | None, list[str]] = field(default_factory=dict)
    outputs: dict[str, Path] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


def find_command(root: click.Command, name: str, where: str) -> click.Command:
    """The command called `name` below `root`; FormatError if there is none that can be a step."""
    if name in _NO_STEPS:
        raise FormatError(f"{where}: {name!r} cannot be a step: {_NO_STEPS[name]}")
    command, before = root, ""
    for word in name.split():
        found = None
        if isinstance(command, click.Group):
            found = command.get_command(click.Context(command), word)
        if found is None:
            of = f" of {before!r}" if before else ""
            raise FormatError(f"{where}: no such command {word!r}{of}; {near_name(word, _names_in(command))}")
        command, before = found, f"{before} {word}".lstrip()
    if isinstance(command, click.Group):
        found_here = ", ".join(_names_in(command))
        raise FormatError(f"{where}: expected one of the commands of {name!r}, {found_here}, found none")
    return command


def call_of(command: click.Command, name: str, values: Mapping[str, Value], place: Place, where: str) -> Call:
    """The call of `command`, called `name`, with `values` by their keys.

    FormatError, which names the key, for what is wrong in them: also types and choices, and what the command
    cannot do without.
    """
    params = params_of(command, values)
    keys = keys_of(params)
    parts = _Parts()
    is_artefact_due = any(key.is_artefact for key in keys.values())
    seen: dict[int, str] = {}
    for name_of_key, value in values.items():
        here = f"{where}.{name_of_key}"
        key = _known_key(name_of_key, keys, name, here)
        if id(key.param) in seen:
            raise FormatError(f"{here}: is the same option as {seen[id(key.param)]!r}; keep one of them")
        seen[id(key.param)] = name_of_key
        if key.is_artefact:
            _check_left_out(key, value, here)
            is_artefact_due = False
        else:
            _add(parts, name_of_key, key, value, place, here)
    if is_artefact_due:
        parts.outputs["output"] = place(None)
        parts.options.append(f"--output={parts.outputs['output']}")
    arguments = [word for param in params for word in parts.arguments.get(param.name, ())]
    check_words(command, name, [*parts.options, "--", *arguments], keys, where)
    written = list(parts.outputs.values())
    return Call(
        command=name,
        options=tuple(parts.options),
        arguments=tuple(arguments),
        given=dict(values),
        output=parts.outputs["output"] if is_artefact_due else written[0] if len(written) == 1 else None,
        outputs=parts.outputs,
        inputs=tuple(parts.inputs),
        files=frozenset(parts.files),
        flags=frozenset(spelled for param in params for spelled in param.opts if spelled in RUNNERS),
    )


def _names_in(command: click.Command) -> list[str]:
    return command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []


def _known_key(name: str, keys: Mapping[str, Key], command: str, where: str) -> Key:
    key = keys.get(name)
    if key is None:
        known = [each for each, found in keys.items() if found.why_not is None]
        raise FormatError(f"{where}: no such option of {command!r}; {near_name(name, known)}")
    if key.why_not is not None:
        raise FormatError(f"{where}: leave it out: {key.why_not}")
    return key


def _check_left_out(key: Key, value: Value, where: str) -> None:
    """Raise FormatError for any `output` of an artefact but false where the command can do without."""
    if value is not False:
        raise FormatError(f"{where}: leave it out: the artefact is named after its step")
    if key.param.required:
        raise FormatError(f"{where}: leave it out: this command always writes an artefact")


def _add(parts: _Parts, name: str, key: Key, value: Value, place: Place, where: str) -> None:
    """Add a value to the call."""
    param = key.param
    if key.is_flag:
        if not isinstance(value, bool):
            shown = "a list" if isinstance(value, list) else repr(value)
            raise FormatError(f"{where}: expected true or false, found {shown}")
        word = key.words[0 if value else 1]
        parts.options += [] if word is None else [word]
        return
    texts = _texts(param, value, where)
    if isinstance(param.type, options.Written):
        parts.outputs[name] = place(_file_name(texts[0], where))
        texts = [str(parts.outputs[name])]
    elif isinstance(param.type, click.Path | options.ShareOrFile):
        if "-" in texts:
            raise FormatError(
                f"{where}: expected a file, found - (standard input), which cannot be read again"
            )
        parts.inputs += texts
        parts.files += [text for text in texts if _must_be_there(param.type, text)]
    if isinstance(param, click.Argument):
        parts.arguments[param.name] = texts
    elif param.nargs > 1:
        parts.options += [str(key.words[0]), *texts]
    else:
        spelled = str(key.words[0])
        for text in texts:
            parts.options += [f"{spelled}={text}"] if spelled.startswith("--") else [spelled, text]


def _must_be_there(kind: click.ParamType, text: str) -> bool:
    if isinstance(kind, options.ShareOrFile):
        return isinstance(kind.convert(text, None, None), Path)
    return isinstance(kind, click.Path) and kind.file_okay and not isinstance(kind, options.NameOrPath)


def _texts(param: click.Parameter, value: Value, where: str) -> list[str]:
    """The words for a value; FormatError for a list where it does not belong, or the reverse."""
    several: list[Scalar] = value if isinstance(value, list) else [value]
    for each in several:
        if isinstance(each, bool):
            raise FormatError(f"{where}: expected text or a number, found {spelt(each)}")
    texts = [spelt(each) for each in several]
    if param.nargs > 1 and len(texts) != param.nargs:
        raise FormatError(f"{where}: expected a list of {param.nargs} values, found {len(texts)}")
    if param.nargs != 1 or getattr(param, "multiple", False) or not isinstance(value, list):
        return texts
    if not (param.metavar or "").endswith(",..."):
        raise FormatError(f"{where}: expected a single value, found a list")
    for text in texts:
        if "," in text:
            raise FormatError(f"{where}: expected values without the comma between them, found {text!r}")
    return [",".join(texts)]


def _file_name(text: str, where: str) -> str:
    """The name of a file below the pipeline's output; FormatError for one that leads elsewhere."""
    if is_url(text):
        raise FormatError(
            f"{where}: expected the name of a file, which goes below the pipeline's output, found {text!r}"
        )
    path = Path(text)
    if text == "-":
        raise FormatError(f"{where}: expected the name of a file, found - (standard output)")
    if path.is_absolute() or not path.name or any(part.startswith(".") for part in path.parts):
        raise FormatError(
            f"{where}: expected the name of a file, which goes below the pipeline's output, found {text!r}"
        )
    return text
