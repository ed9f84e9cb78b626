"""ServerConfig: where a server listens, how it works, and what it refuses."""

from __future__ import annotations

import dataclasses
import hmac
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wordlab.checks import MAX_THREADS, check_choice, check_number
from wordlab.embeddings.maps.config import CHOICES, MAX_WORDS
from wordlab.errors import ConfigError, SourceError

INDEXES = ("exact", "usearch")
METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that prometheus_client reads as it is imported: where processes put their counts together."""
_LONGEST_HOST = 253
_SHORTEST_KEY = 16
_LONGEST_KEY = 4_096


@dataclass(frozen=True, kw_only=True)
class ServerConfig:
    """Where a server listens, how it works, and what it refuses.

    Raises ConfigError, which names the field, its value and what is allowed.

    >>> ServerConfig().is_loopback, ServerConfig(host="0.0.0.0", api_key_file="key.txt").is_loopback
    (True, False)
    """

    host: str = "127.0.0.1"
    """Address to listen at. One that other machines reach needs an `api_key_file`."""
    port: int = 8000
    """Port to listen at; 0 takes a free one."""
    api_key_file: str | None = None
    """File whose one line clients send as `Authorization: Bearer ...`; only /health does without."""
    workers: int = 1
    """Processes that answer. They share the pages of memory-mapped vectors."""
    threads: int = 1
    """Cores that each process predicts classes with."""
    index: str = "exact"
    """How /nearest searches: exact, or usearch, which is approximate (extra `index`)."""
    map_method: str = "auto"
    """How /map lays out words: umap (extra `umap`), pca, or auto, which is umap where it is installed."""
    map_words: int = 100_000
    """Words on the map, the most frequent; 0 for all."""
    changed_words: int = 20_000
    """Words whose neighbours /changed compares, the most frequent that both sets have."""
    batch_words: int = 1_024
    """Words of requests that wait together which one matrix product answers at most; 1 for one by one."""
    max_body: int = 8_000_000
    """Bytes of the longest body; 413 beyond."""
    max_batch: int = 2_048
    """Words, questions or texts in one request; 422 beyond."""
    max_waiting: int = 512
    """Requests that a process holds at once; 503 beyond."""
    time_limit: float = 30.0
    """Seconds that a request may take, its body included; 503 beyond. Its headers may take as long; 408."""

    def __post_init__(self) -> None:
        if not isinstance(self.host, str) or not 0 < len(self.host) <= _LONGEST_HOST:
            raise ConfigError(f"host: expected an address such as 127.0.0.1, found {self.host!r}")
        check_number(self, "port", int, 0, 65_535)
        check_number(self, "workers", int, 1, MAX_THREADS)
        check_number(self, "threads", int, 1, MAX_THREADS)
        check_choice(self, "index", INDEXES)
        check_choice(self, "map_method", CHOICES)
        check_number(self, "map_words", int, 0, MAX_WORDS)
        check_number(self, "changed_words", int, 2, MAX_WORDS)
        check_number(self, "batch_words", int, 1, 1 << 20)
        check_number(self, "max_body", int, 1_000, 1 << 30)
        check_number(self, "max_batch", int, 1, 1 << 20)
        check_number(self, "max_waiting", int, 1, 1 << 20)
        check_number(self, "time_limit", float, 0.001, 86_400)
        if self.api_key_file is None and not self.is_loopback:
            raise ConfigError(
                "host: expected a loopback address such as 127.0.0.1, or an api_key_file, "
                f"found {self.host!r}"
            )

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine reaches the address."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:  # a name
            return self.host == "localhost"

    def to_dict(self) -> dict[str, Any]:
        """The fields as plain values, from which the config can be made again."""
        return dataclasses.asdict(self)

    def read_api_key(self) -> ApiKey | None:
        """The key in `api_key_file`; None without a file. SourceError, ConfigError."""
        return None if self.api_key_file is None else ApiKey.read(Path(self.api_key_file))


class ApiKey:
    """A secret that clients must know. It is compared in constant time, and never shown."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def read(cls, path: Path) -> ApiKey:
        """The key that is the one line of a file; SourceError, ConfigError if it is something else."""
        try:
            with open(path, "rb") as file:
                secret = file.read(_LONGEST_KEY + 2).strip()
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror}") from error
        if not _SHORTEST_KEY <= len(secret) <= _LONGEST_KEY or not all(33 <= byte <= 126 for byte in secret):
            raise ConfigError(
                f"api_key_file: expected one line of {_SHORTEST_KEY} to {_LONGEST_KEY:,} ASCII characters "
                f"without blanks in {path}, found something else"
            )
        return cls(secret)

    def is_in(self, authorization: bytes) -> bool:
        """Whether a header Authorization holds the key, as `Bearer KEY`."""
        scheme, _, given = authorization.partition(b" ")
        return hmac.compare_digest(given, self._secret) and scheme.lower() == b"bearer"
