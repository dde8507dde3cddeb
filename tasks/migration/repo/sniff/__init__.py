"""Tells what kind of file something is by its first bytes."""

from sniff.registry import known_formats, mime_type

__all__ = ["known_formats", "mime_type"]
