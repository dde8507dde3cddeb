"""The append-only store of a run's events."""
