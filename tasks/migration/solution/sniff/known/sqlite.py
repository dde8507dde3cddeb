"""SQLite database files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="sqlite",
    mime="application/vnd.sqlite3",
    extensions=("sqlite", "db"),
    signature=magic(b'SQLite format 3\x00'),
)
