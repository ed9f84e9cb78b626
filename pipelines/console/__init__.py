"""What the commands show: results on stdout, progress and messages on stderr."""

from pipelines.console.drawing import LastEvent, progress, stopwatch
from pipelines.console.printing import (
    line,
    print_facts,
    print_heading,
    print_json,
    print_table,
    say,
    say_finished,
    say_next,
    to_stdout,
)
from pipelines.console.wording import duration, folder, magnitude, plural, share, visible

__all__ = [
    "LastEvent",
    "duration",
    "folder",
    "line",
    "magnitude",
    "plural",
    "print_facts",
    "print_heading",
    "print_json",
    "print_table",
    "progress",
    "say",
    "say_finished",
    "say_next",
    "share",
    "stopwatch",
    "to_stdout",
    "visible",
]
