"""How an event becomes bytes and back. Pure: blobs are handed in and out, never fetched.

The body of an event is its JSON. A string that is large is kept once, as a *blob*, under the digest of its bytes; a
*marker* stands in its place: the mark character followed by the digest in hex. Two other kinds of strings travel the
same way, so that every event comes back exactly as it was: those that begin with the mark character themselves, and
those that hold lone surrogates, which JSON in UTF-8 cannot carry. (Keys of dicts are names of roles, not what a model
or a program said: pydantic alters lone surrogates in them without a word.)
"""

import dataclasses
import hashlib
import json
import struct
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, get_args, get_type_hints

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, SchemaSerializer

from swarm.core.events import EVENT_NAMES, EVENT_TYPES, Event
from swarm.core.limits import Usage
from swarm.errors import JournalUnreadable

LARGE = 2048
"""Strings of this many characters or more become blobs."""

COMPRESSED_FROM = 8 * 1024
"""Blobs of this many bytes are compressed; for smaller ones that takes longer than all the rest of an append."""

MARK = "\x1f"
_MARK_IN_JSON = b'"\\u001f'
_DIGEST_BYTES = 32
_PLACE = struct.Struct("<qd")

Value = TypeVar("Value")

Resolve = Callable[[bytes], str]
"""Returns the text of the blob with a digest. Raises JournalUnreadable when there is none."""


class Encoded(NamedTuple):
    """An event as bytes: its JSON body and the blobs that it refers to, uncompressed, by digest."""

    body: bytes
    blobs: Mapping[bytes, bytes]


def encode(event: Event) -> Encoded:
    """Return the event's body and blobs."""
    try:
        body = _to_json(EVENT_NAMES[type(event)])(event)
    except PydanticSerializationError:  # A lone surrogate; anything else fails again below.
        return _encode_with_blobs(event)
    if len(body) < LARGE and _MARK_IN_JSON not in body:
        return Encoded(body, {})
    return _encode_with_blobs(event)


def _encode_with_blobs(event: Event) -> Encoded:
    blobs: dict[bytes, bytes] = {}

    def shorten(text: str) -> str:
        if not (len(text) >= LARGE or text.startswith(MARK) or _has_surrogates(text)):
            return text
        data = text.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(data).digest()
        blobs[digest] = data
        return MARK + digest.hex()

    shortened = map_strings(event, shorten)
    return Encoded(_to_json(EVENT_NAMES[type(event)])(shortened), blobs)


def _has_surrogates(text: str) -> bool:
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def decode(seq: int, name: str, body: bytes, resolve: Resolve) -> Event:
    """Return the event that a body holds.

    Args:
        seq: its sequence number, for error messages.
        name: the name of its type.
        body: what :func:`encode` returned.
        resolve: gives the text of a blob.

    Raises:
        JournalUnreadable: the type is unknown, or the body is not one of that type; names ``seq``.
    """
    if name not in EVENT_TYPES:
        raise JournalUnreadable(
            f"event {seq} has the type {name!r}, which this version of swarm does not know",
            hint="It may have been written by a newer version: upgrade swarm, then try again.",
        )
    try:
        event: Event | None = _adapter(name).validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "body"
        raise JournalUnreadable(f"event {seq} is not a {name}: {place}: {first['msg']}") from error
    if event is None:
        raise JournalUnreadable(f"event {seq} is not a {name}: it is null")
    return _restored(event, body, resolve)


def decode_raw(seq: int, body: bytes, resolve: Resolve) -> dict[str, Any]:
    """Return a body as plain JSON values, blobs put back; works for types that this version does not know.

    Raises:
        JournalUnreadable: the body is not a JSON object; names ``seq``.
    """
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise JournalUnreadable(f"event {seq} is not JSON: {error}") from error
    if not isinstance(fields, dict):
        raise JournalUnreadable(f"event {seq} is not a JSON object")
    return _restored(fields, body, resolve)


def _restored(value: Value, body: bytes, resolve: Resolve) -> Value:
    if _MARK_IN_JSON not in body:
        return value

    def restore(text: str) -> str:
        if not text.startswith(MARK):
            return text
        try:
            digest = bytes.fromhex(text[len(MARK) :])
        except ValueError:
            digest = b""
        if len(digest) != _DIGEST_BYTES:
            raise JournalUnreadable("a marker in the journal names no blob: the file is damaged")
        return resolve(digest)

    restored: Value = map_strings(value, restore)
    return restored


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return the value with ``change`` applied to every string in it; itself where nothing changed.

    Looks into dataclasses, pydantic models, dicts (keys too), lists and tuples; leaves enum members alone.
    """
    kind: Any = type(value)
    if kind is str:
        return change(value)
    if kind is tuple or kind is list:
        items = [map_strings(item, change) for item in value]
        return value if all(map(_is, items, value)) else kind(items)
    if kind is dict:
        return {map_strings(key, change): map_strings(item, change) for key, item in value.items()}
    changes = {}
    for name in _fields_with_text(kind):
        old = getattr(value, name)
        new = map_strings(old, change)
        if new is not old:
            changes[name] = new
    if not changes:
        return value
    return value.model_copy(update=changes) if isinstance(value, BaseModel) else dataclasses.replace(value, **changes)


@cache
def _fields_with_text(kind: Any) -> tuple[str, ...]:
    """Return the fields of a type that may hold strings: replies of hundreds of agents are looked through for them."""
    if issubclass(kind, BaseModel):
        return tuple(kind.model_fields)
    if not dataclasses.is_dataclass(kind):
        return ()
    hints = get_type_hints(kind)
    return tuple(field.name for field in dataclasses.fields(kind) if not _is_number(hints[field.name]))


def _is_number(hint: Any) -> bool:
    if isinstance(hint, UnionType):
        return all(map(_is_number, get_args(hint)))
    return hint in (bool, int, float, NoneType) or hint is Usage


def _is(left: object, right: object) -> bool:
    return left is right


def checksum(seq: int, at: float, name: str, body: bytes) -> int:
    """Return the checksum that is kept beside an event: SQLite itself does not notice a flipped bit."""
    return zlib.crc32(body, zlib.crc32(_PLACE.pack(seq, at) + name.encode()))


def compress(data: bytes) -> bytes:
    """Return a blob as it is stored: compressed when that is worth it, else as it is, which its length tells.

    The fastest level and a small window, and nothing small: agents wait for it.
    """
    if len(data) < COMPRESSED_FROM:
        return data
    compressed = zlib.compress(data, 1, wbits=13)
    return compressed if len(compressed) < len(data) else data


def decompress(digest: bytes, size: int, stored: bytes) -> str:
    """Return the text of a stored blob, checked against its digest; never expands beyond ``size`` bytes.

    Raises:
        JournalUnreadable: the stored bytes are not those of this blob.
    """
    try:
        data = stored if len(stored) == size else zlib.decompressobj().decompress(stored, size + 1)
    except zlib.error as error:
        raise JournalUnreadable(f"blob {digest.hex()[:12]} is damaged: {error}") from error
    if hashlib.sha256(data).digest() != digest:
        raise JournalUnreadable(f"blob {digest.hex()[:12]} is damaged: its digest differs")
    return data.decode("utf-8", "surrogatepass")


@cache
def _to_json(name: str) -> Callable[[Event], bytes]:
    # Called for every event of every agent: without what an adapter looks at each time.
    serializer = _adapter(name).serializer
    assert isinstance(serializer, SchemaSerializer)
    return serializer.to_json


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    # Pydantic refuses a config for a bare dataclass; that of a union reaches the dataclass in it.
    shape: Any = EVENT_TYPES[name] | None
    return TypeAdapter(shape, config=ConfigDict(ser_json_inf_nan="constants"))
