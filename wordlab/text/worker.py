"""A process that encodes blocks for another: ``python -m wordlab.text.worker``.

The tokenizer, as JSON and the content of its file, and then blocks come on standard input, results go to
standard output, all as frames: eight bytes that hold the length, then the content. It ends when its input
does, so it never outlives its parent.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from typing import IO

import numpy as np

from wordlab.errors import CorpusError
from wordlab.text.phrases.value import Phrases
from wordlab.text.tokenizers import Tokenizer
from wordlab.text.tokenizers.pieces import Pieces
from wordlab.text.tokenizers.splitter import EncodedBlock

_LENGTH = struct.Struct("<q")


def write_frame(file: IO[bytes], content: bytes | memoryview) -> None:
    """Write one frame."""
    file.write(_LENGTH.pack(len(content)))
    file.write(content)


def read_frame(file: IO[bytes]) -> bytes:
    """The next frame's content; EOFError if there is none, or only a part of it."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = file.read(length)
    if len(content) < length:
        raise EOFError
    return content


class Worker:
    """The other side: starts such a process and sends it blocks, one at a time.

    Multiprocessing is not used because its children run the caller's script again, which a script
    without ``if __name__ == "__main__"`` does not survive. The process gets a session of its own, so
    that Ctrl-C reaches only the process that can clean up.
    """

    def __init__(self, tokenizer: Tokenizer, sentences: str | None = None) -> None:
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        self._process = subprocess.Popen(  # our own interpreter and module
            [sys.executable, "-P", "-m", "wordlab.text.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
        self._frames = _packed(tokenizer, sentences)  # until they are sent

    def encode(self, data: bytes) -> EncodedBlock:
        """What `Tokenizer.encode_block` returns; CorpusError if the process has ended."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a worker has pipes")
        try:
            for frame in self._frames:
                write_frame(process.stdin, frame)
            self._frames = ()
            write_frame(process.stdin, data)
            process.stdin.flush()
            error = read_frame(process.stdout)
            if error:
                raise RuntimeError(f"a worker failed: {error.decode()}")
            words, ids, line_ends = (read_frame(process.stdout) for _ in range(3))
        except (EOFError, OSError, ValueError) as error:
            status = process.wait()
            raise CorpusError(
                f"tokenising stopped: a worker process ended with status {status}, perhaps for lack of memory"
            ) from error
        return EncodedBlock(
            words.decode("utf-8").split("\n") if words else [],
            np.frombuffer(ids, dtype=np.int32),
            np.frombuffer(line_ends, dtype=np.int64),
        )

    def kill(self) -> None:
        """End the process now."""
        self._process.kill()

    def close(self) -> None:
        """Wait for the process, which must have been killed, and close its pipes."""
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:  # unsent bytes of a block that is no longer wanted
                    continue


def _packed(tokenizer: Tokenizer, sentences: str | None) -> Sequence[bytes]:
    """The frames that say what to do: JSON, and the content of the tokenizer's pieces."""
    rows = [] if tokenizer.phrases is None else list(tokenizer.phrases.rows())
    facts = json.dumps({"tokenizer": tokenizer.to_dict(), "rows": rows, "sentences": sentences}).encode()
    return facts, tokenizer.pieces.content if isinstance(tokenizer.pieces, Pieces) else b""


def _unpacked(content: bytes, pieces: bytes) -> Callable[[bytes], EncodedBlock]:
    """What encodes a block."""
    facts = json.loads(content)
    options, rows = facts["tokenizer"], facts["rows"]
    if "phrases" in options:
        options["phrases"] = Phrases.of(options["phrases"], rows)
    if "pieces" in options:
        options["pieces"] = Pieces(options["pieces"]["name"], pieces)
    return partial(Tokenizer.from_dict(options).encode_block, sentences=facts["sentences"])


def leave_signals_to_the_parent() -> None:
    """Ignore the signals that end programs: the parent hears them as well, and kills this process."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def open_output() -> IO[bytes]:
    """Where frames go; what libraries print from now on goes to stderr, not between the frames."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    messages = os.open(os.devnull, os.O_WRONLY) if sys.stderr is None else sys.stderr.fileno()
    os.dup2(messages, sys.stdout.fileno())
    return output


def main() -> None:
    """Encode blocks until the input ends; ending signals are left to the parent, which kills it."""
    leave_signals_to_the_parent()
    source = sys.stdin.buffer
    try:
        encode = _unpacked(read_frame(source), read_frame(source))
    except EOFError:
        return
    output = open_output()
    while True:
        try:
            data = read_frame(source)
        except EOFError:
            return
        try:
            block = encode(data)
        except Exception:
            write_frame(output, traceback.format_exc().encode())
        else:
            write_frame(output, b"")
            write_frame(output, "\n".join(block.words).encode("utf-8"))
            write_frame(output, block.ids.tobytes())
            write_frame(output, block.line_ends.astype(np.int64).tobytes())
        output.flush()


if __name__ == "__main__":
    main()
