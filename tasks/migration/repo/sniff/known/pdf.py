"""PDF files."""

from sniff.registry import add_format, read_head


def check_pdf(path):
    head = read_head(path, 5)
    return int(head[:5] == b'%PDF-')


add_format("pdf", "application/pdf", "pdf", check_pdf)
