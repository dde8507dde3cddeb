"""Hundreds of coding agents on one long engineering task: planned, verified, merged, resumable after any crash."""

__version__ = "0.1.0"
