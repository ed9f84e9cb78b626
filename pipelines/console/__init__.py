"""What the commands show: results on stdout, progress and messages on stderr."""

from pipelines.console.drawing import LastEvent, progress, progress_in_passing, stopwatch
from pipelines.console.labels import labelled
from pipelines.console.notes import say_notes
from pipelines.console.printing import (
    hint,
    json_text,
    line,
    print_command,
    print_facts,
    print_heading,
    print_json,
    print_table,
    say,
    say_finished,
    say_next,
    to_stdout,
    without_hints,
)
from pipelines.console.wording import duration, folder, magnitude, plural, share, size, speed, visible

__all__ = [
    "LastEvent",
    "duration",
    "folder",
    "hint",
    "json_text",
    "labelled",
    "line",
    "magnitude",
    "plural",
    "print_command",
    "print_facts",
    "print_heading",
    "print_json",
    "print_table",
    "progress",
    "progress_in_passing",
    "say",
    "say_finished",
    "say_next",
    "say_notes",
    "share",
    "size",
    "speed",
    "stopwatch",
    "to_stdout",
    "visible",
    "without_hints",
]
