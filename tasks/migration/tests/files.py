"""What each format is, and is not: beginnings of files, the formats' names and extensions, how often a file is opened."""

import builtins
import sys
import tempfile
from pathlib import Path

from sniff import known_formats, mime_type

# name: (MIME type, extensions, alternatives of (offset, bytes) that must all fit)
FORMATS = {
    'png': ('image/png', ('png',), [[(0, b'\x89PNG\r\n\x1a\n')]]),
    'gif': ('image/gif', ('gif',), [[(0, b'GIF87a')], [(0, b'GIF89a')]]),
    'jpeg': ('image/jpeg', ('jpg', 'jpeg'), [[(0, b'\xff\xd8\xff')]]),
    'bmp': ('image/bmp', ('bmp',), [[(0, b'BM'), (6, b'\x00\x00\x00\x00')]]),
    'tiff': ('image/tiff', ('tif', 'tiff'), [[(0, b'II*\x00')], [(0, b'MM\x00*')]]),
    'webp': ('image/webp', ('webp',), [[(0, b'RIFF'), (8, b'WEBP')]]),
    'ico': ('image/vnd.microsoft.icon', ('ico',), [[(0, b'\x00\x00\x01\x00')]]),
    'psd': ('image/vnd.adobe.photoshop', ('psd',), [[(0, b'8BPS')]]),
    'heic': ('image/heic', ('heic',), [[(4, b'ftypheic')], [(4, b'ftypheix')]]),
    'wav': ('audio/wav', ('wav',), [[(0, b'RIFF'), (8, b'WAVE')]]),
    'flac': ('audio/flac', ('flac',), [[(0, b'fLaC')]]),
    'ogg': ('audio/ogg', ('ogg', 'oga'), [[(0, b'OggS')]]),
    'mp3': ('audio/mpeg', ('mp3',), [[(0, b'ID3')], [(0, b'\xff\xfb')]]),
    'midi': ('audio/midi', ('mid', 'midi'), [[(0, b'MThd')]]),
    'aiff': ('audio/aiff', ('aif', 'aiff'), [[(0, b'FORM'), (8, b'AIFF')]]),
    'avi': ('video/x-msvideo', ('avi',), [[(0, b'RIFF'), (8, b'AVI ')]]),
    'mp4': ('video/mp4', ('mp4', 'm4v'), [[(4, b'ftypisom')], [(4, b'ftypmp42')]]),
    'matroska': ('video/x-matroska', ('mkv',), [[(0, b'\x1aE\xdf\xa3')]]),
    'flv': ('video/x-flv', ('flv',), [[(0, b'FLV\x01')]]),
    'zip': ('application/zip', ('zip',), [[(0, b'PK\x03\x04')], [(0, b'PK\x05\x06')]]),
    'gzip': ('application/gzip', ('gz', 'tgz'), [[(0, b'\x1f\x8b\x08')]]),
    'bzip2': ('application/x-bzip2', ('bz2',), [[(0, b'BZh')]]),
    'xz': ('application/x-xz', ('xz',), [[(0, b'\xfd7zXZ\x00')]]),
    'zstd': ('application/zstd', ('zst',), [[(0, b'(\xb5/\xfd')]]),
    'sevenzip': ('application/x-7z-compressed', ('7z',), [[(0, b"7z\xbc\xaf'\x1c")]]),
    'tar': ('application/x-tar', ('tar',), [[(257, b'ustar')]]),
    'pdf': ('application/pdf', ('pdf',), [[(0, b'%PDF-')]]),
    'sqlite': ('application/vnd.sqlite3', ('sqlite', 'db'), [[(0, b'SQLite format 3\x00')]]),
    'elf': ('application/x-elf', ('elf', 'so'), [[(0, b'\x7fELF')]]),
    'wasm': ('application/wasm', ('wasm',), [[(0, b'\x00asm\x01\x00\x00\x00')]]),
}


def head(parts: list[tuple[int, bytes]], changed: int = -1) -> bytes:
    """Return the beginning of a file, with one of its bytes changed."""
    text = bytearray(b"\x55" * 300)
    for at, part in parts:
        text[at : at + len(part)] = part
    if changed >= 0:
        text[changed] ^= 0x80
    return bytes(text)


def kind(text: bytes) -> str:
    """Return what a file with this beginning is taken for, and see that it is opened once."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(text)
        opened.clear()
        return mime_type(path)


opened: list[object] = []
original = builtins.open
builtins.open = lambda *given, **more: (opened.append(given), original(*given, **more))[1]  # type: ignore[assignment]

wrong = []
described = {each.name: (each.mime, tuple(each.extensions)) for each in known_formats()}
expected = {name: (mime, extensions) for name, (mime, extensions, _) in FORMATS.items()}
wrong += [f"{name}: {described.get(name)}" for name in expected if described.get(name) != expected[name]]
wrong += [f"{name}: nobody asked for it" for name in described if name not in expected]
for name, (mime, _, alternatives) in FORMATS.items():
    for parts in alternatives:
        if kind(head(parts)) != mime:
            wrong.append(f"{name}: not recognised: {parts}")
        if len(opened) != 1:
            wrong.append(f"{name}: the file is opened {len(opened)} times")
        for at, part in parts:
            for place in (at, at + len(part) - 1):
                if kind(head(parts, changed=place)) == mime:
                    wrong.append(f"{name}: taken for one although byte {place} is another")
print("\n".join(wrong[:20]) if wrong else f"{len(FORMATS)} formats are what they were")
sys.exit(1 if wrong else 0)
