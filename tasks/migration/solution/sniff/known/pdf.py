"""PDF files."""

from sniff.formats import Format, magic

FORMAT = Format(
    name="pdf",
    mime="application/pdf",
    extensions=("pdf",),
    signature=magic(b'%PDF-'),
)
