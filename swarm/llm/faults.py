"""What an endpoint's error means: status, headers and body in, the right error out. Pure."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from swarm.errors import (
    AccessDenied,
    ContextOverflow,
    EndpointError,
    EndpointUnavailable,
    ModelNotFound,
    QuotaExhausted,
    RateLimited,
    ReplyIncomplete,
    ReplyInvalid,
    RequestRejected,
)
from swarm.llm.redaction import presentable
from swarm.llm.wordings import FILTER, OVERFLOW, QUOTA, any_of

_RAW_CHARACTERS = 4_096
_MARKUP = re.compile(r"^\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)

_QUOTA_CODES = frozenset(
    {
        "insufficient_quota",
        "insufficient_balance",
        "insufficient_credits",
        "billing_hard_limit_reached",
        "billing_not_active",
        "exceeded_current_quota_error",
        "quota_exhausted",
        "payment_required",
    }
)
_QUOTA_WORDS = any_of(QUOTA)
_OVERFLOW_CODES = frozenset({"context_length_exceeded", "exceed_context_size_error", "context_window_exceeded"})
_OVERFLOW_WORDS = any_of(OVERFLOW)
_FILTER_CODES = frozenset(
    {"content_filter", "content_policy_violation", "data_inspection_failed", "responsibleaipolicyviolation"}
)
_FILTER_WORDS = any_of(FILTER)
_WRONG_KEY_WORDS = re.compile(
    r"(invalid|incorrect|not valid|missing) .{0,20}api[ _]?key|api[ _]?key (is )?(not valid|invalid)"
)
_WRONG_MODEL_WORDS = re.compile(
    r"(invalid|unknown|no such) model name|model .{0,80}(not found|does not exist|not (be )?found)"
    r"|server is pinned to .{0,200}; requested"
)
# The server is well, its model has written what the server cannot read.
_MODEL_ERRED_WORDS = re.compile(r"model produced output that does not match|failed to parse (the )?(tool call|output)")
_OVERLOAD_WORDS = re.compile(r"overloaded|at capacity|engine_overloaded")
_STATUS_BY_CODE = {
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "rate_limit_reached_error": 429,
    "too_many_requests": 429,
    "insufficient_quota": 429,
    "overloaded_error": 529,
    "engine_overloaded_error": 529,
    "server_error": 500,
    "internal_server_error": 500,
    "internal_error": 500,
    "api_error": 500,
    "internalservererror": 500,
    "timeout": 504,
    "invalid_request_error": 400,
    "badrequesterror": 400,
    "context_length_exceeded": 400,
    "exceed_context_size_error": 400,
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "model_not_found": 404,
    "not_found_error": 404,
}


@dataclass(frozen=True, slots=True)
class ErrorDocument:
    """What an endpoint reported instead of a reply.

    Attributes:
        status: the HTTP status; for an error inside a stream, the one that its code stands for.
        message: the server's words.
        codes: its code and type, in lower case.
        raw: the start of the body, in which a refused parameter's name is looked for.
        retry_after_s: seconds that it asked to wait.
        markup: the body is a web page, not an API's answer.
    """

    status: int
    message: str = ""
    codes: tuple[str, ...] = ()
    raw: str = ""
    retry_after_s: float | None = None
    markup: bool = False


class Complaint(Exception):
    """An endpoint answered with an error; ``classify`` says which."""

    def __init__(self, document: ErrorDocument) -> None:
        super().__init__(document.status)
        self.document = document


def read_complaint(status: int, headers: Mapping[str, str], body: bytes) -> ErrorDocument:
    """Return what an error response says. Header names are in lower case."""
    text = body.decode("utf-8", "replace")
    retry_after_s = parse_retry_after(headers)
    if _MARKUP.match(text):
        return ErrorDocument(status, raw="", retry_after_s=retry_after_s, markup=True)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return ErrorDocument(status, text.strip(), raw=text[:_RAW_CHARACTERS], retry_after_s=retry_after_s)
    message, codes = _words(value)
    return ErrorDocument(status, message, codes, text[:_RAW_CHARACTERS], retry_after_s)


def complaint_in_stream(chunk: Mapping[str, Any]) -> ErrorDocument | None:
    """Return the error that an event of a stream reports, or None when it is an ordinary chunk."""
    error = chunk.get("error")
    if not error:
        if chunk.get("object") != "error" and chunk.get("type") != "error":
            return None
        error = chunk
    message, codes = _words({"error": error})
    raw = json.dumps(error, ensure_ascii=False)[:_RAW_CHARACTERS]
    return ErrorDocument(_status_of(codes), message, codes, raw)


def _status_of(codes: Sequence[str]) -> int:
    """Return the HTTP status that an error's codes stand for; 500 when they say nothing."""
    for code in codes:
        if re.fullmatch(r"[45]\d\d", code):
            return int(code)
    return next((_STATUS_BY_CODE[code] for code in codes if code in _STATUS_BY_CODE), 500)


def _words(value: object) -> tuple[str, tuple[str, ...]]:
    """Return the message and the codes of an error body, of whatever shape."""
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, dict):
        return (value if isinstance(value, str) else ""), ()
    error = value.get("error") or value
    if not isinstance(error, dict):
        return str(error), ()
    message = next((error[key] for key in ("message", "detail", "msg", "error_msg") if error.get(key)), "")
    codes = tuple(str(error[key]).lower() for key in ("code", "type", "status") if error.get(key))
    return (message if isinstance(message, str) else json.dumps(message, ensure_ascii=False)), codes


def parse_retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that a server asks to wait, or None when it asks for none or for nonsense.

    A date is read against the server's own ``Date`` header, so that a wrong clock on either side does no harm.
    """
    milliseconds = _seconds(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1_000
    text = headers.get("retry-after", "").strip()
    seconds = _seconds(text)
    if seconds is not None or not text:
        return seconds
    try:
        wait = (parsedate_to_datetime(text) - parsedate_to_datetime(headers.get("date", ""))).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait)


def _seconds(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None


def is_filtered(document: ErrorDocument) -> bool:
    """Whether a filter of the server's keeps the conversation, or the answer to it, back."""
    if document.status not in (200, 400, 403, 422, 500):
        return False
    return bool(_FILTER_CODES & set(document.codes) or _FILTER_WORDS.search(document.message.lower()))


def classify(document: ErrorDocument, *, host: str, secrets: Sequence[str] = ()) -> EndpointError:
    """Return the error that a complaint amounts to.

    Args:
        document: what the endpoint said.
        host: how messages call the endpoint.
        secrets: values that must not appear in the message.
    """
    said = "a web page" if document.markup else presentable(document.message, secrets)
    message = f"{host} answered {document.status}: {said}" if said else f"{host} answered {document.status}"
    kind, hint = _kind(document)
    wait = document.retry_after_s if kind.retryable else None
    return kind(message, hint=hint, status=document.status, retry_after_s=wait)


def _kind(document: ErrorDocument) -> tuple[type[EndpointError], str]:
    status = document.status
    if status < 400:
        return _misdirected(status)
    kind = _kind_by_words(document)
    if kind is not None:
        return kind, ""
    if status == 429 or status == 529 or (status == 503 and document.retry_after_s is not None):
        return RateLimited, ""
    if status in (408, 409, 425) or (status >= 500 and status not in (501, 505)):
        return EndpointUnavailable, ""
    if status in (401, 403):
        return AccessDenied, ""
    if status == 413:
        return ContextOverflow, ""
    if status == 404:
        return RequestRejected, "Is the base URL right? Often it ends in /v1."
    return RequestRejected, ""


def _misdirected(status: int) -> tuple[type[EndpointError], str]:
    if status >= 300:
        return ReplyInvalid, "The endpoint sends callers elsewhere, and keys do not follow: give the final base URL."
    return ReplyInvalid, ""


def _kind_by_words(document: ErrorDocument) -> type[EndpointError] | None:
    """Return the kind that the error's codes or words decide, whatever its status; None when they decide nothing."""
    status, codes, words = document.status, set(document.codes), document.message.lower()
    if _is_quota(document, codes, words):
        return QuotaExhausted
    if status in (400, 413, 422, 500) and (codes & _OVERFLOW_CODES or _OVERFLOW_WORDS.search(words)):
        return ContextOverflow
    if "model_not_found" in codes or (status == 404 and re.search(r"\bmodel\b|deployment", words)):
        return ModelNotFound
    if status == 400 and _WRONG_MODEL_WORDS.search(words):
        return ModelNotFound
    if status == 400 and ("no_db_connection" in codes or _WRONG_KEY_WORDS.search(words)):
        return AccessDenied
    if status == 500 and _MODEL_ERRED_WORDS.search(words):
        return ReplyIncomplete
    if status >= 500 and (codes & {"overloaded_error", "engine_overloaded_error"} or _OVERLOAD_WORDS.search(words)):
        return RateLimited
    return None


def _is_quota(document: ErrorDocument, codes: set[str], words: str) -> bool:
    if document.status == 402 or codes & _QUOTA_CODES:
        return True
    # With a time to wait it is a limit per minute, whatever the words say.
    return document.status in (400, 403, 429) and document.retry_after_s is None and bool(_QUOTA_WORDS.search(words))
