"""The append-only store of a run's events.

``store`` knows where runs live and who may drive one; ``sqlite`` writes a run's journal, ``reader`` reads it from any
process; ``codec`` turns events into bytes, ``schema`` knows the file, ``committer`` is the thread that writes it.
"""
