"""Choices that are made by name, for the library and the command line; nothing heavy is loaded."""

from __future__ import annotations

DOCUMENT_FORMATS = ("npy", "parquet")
"""How vectors of texts are stored: mapped when they are asked, or in one table with their ids."""

EXCERPT = 80
"""Characters kept of each text unless asked otherwise: enough to know it again, little beside a vector."""
