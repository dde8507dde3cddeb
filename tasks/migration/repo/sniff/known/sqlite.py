"""SQLite database files."""

from sniff.registry import add_format, read_head


def check_sqlite(path):
    head = read_head(path, 16)
    return int(head[:16] == b'SQLite format 3\x00')


add_format("sqlite", "application/vnd.sqlite3", "sqlite db", check_sqlite)
