"""Which fault hits a call, and what it turns the reply into: pure and seeded."""

import fnmatch
from collections.abc import Sequence
from dataclasses import replace

from swarm.testing.endpoint.answers import Completion
from swarm.testing.endpoint.request import CallIdentity, ChatRequest, Refused, context_overflow
from swarm.testing.endpoint.scenario import Fault
from swarm.testing.endpoint.seeded import draw


def choose_fault(
    faults: Sequence[Fault], seed: int, identity: CallIdentity, try_number: int, call_number: int
) -> Fault | None:
    """Return the first fault that applies to a call.

    Args:
        faults: the scenario's faults, in order.
        seed: the scenario's seed.
        identity: what the call is about; a retry shares it.
        try_number: how often the call has been tried, this time included.
        call_number: how many calls the endpoint has seen, this one included.
    """
    for index, fault in enumerate(faults):
        if not fnmatch.fnmatchcase(identity.subtask, fault.subtask):
            continue
        if fault.attempt not in (None, identity.attempt):
            continue
        if call_number <= fault.after_calls or (fault.until_calls is not None and call_number > fault.until_calls):
            continue
        if fault.times and try_number > fault.times:
            continue
        if draw(seed, "fault", index, identity.key) < fault.share:
            return fault
    return None


def refusal(fault: Fault, request: ChatRequest) -> Refused | None:
    """Return the error reply of a fault, or None for a fault of another sort."""
    wait = (("retry-after", f"{fault.retry_after_s:g}"),) if fault.retry_after_s is not None else ()
    match fault.kind:
        case "rate_limit":
            return Refused(
                429,
                "Rate limit reached; try again later.",
                kind="requests",
                code="rate_limit_exceeded",
                headers=wait,
            )
        case "quota":
            message = "You exceeded your current quota, please check your plan and billing details."
            return Refused(429, message, kind="insufficient_quota", code="insufficient_quota")
        case "server_error":
            message = "The server had an error while processing your request."
            return Refused(fault.status, message, kind="server_error", headers=wait)
        case "overloaded":
            return Refused(529, "The server is overloaded.", kind="overloaded_error", headers=wait)
        case "unauthorized":
            return wrong_key()
        case "not_found":
            message = f"The model {request.model!r} does not exist."
            return Refused(404, message, code="model_not_found", param="model")
        case "rejected":
            return Refused(400, "Invalid value for 'messages': this server takes no such conversation.")
        case "context_overflow":
            return context_overflow(max(1, request.input_tokens // 2), request.input_tokens)
    return None


def wrong_key() -> Refused:
    """Return the reply to a request without the right key."""
    return Refused(401, "Incorrect API key provided.", code="invalid_api_key")


def spoil(fault: Fault, completion: Completion) -> Completion:
    """Return the completion as a fault leaves it."""
    if fault.kind == "empty":
        return Completion()
    if fault.kind == "content_filter":
        return Completion(finish_reason="content_filter")
    if fault.kind == "malformed_arguments":
        return _cut_short(completion, completion.finish_reason)
    if fault.kind == "length":
        return _cut_short(completion, "length")
    return completion


def _cut_short(completion: Completion, finish_reason: str) -> Completion:
    """Drop the end of the last tool call's arguments, or of the text where there is no call."""
    if not completion.calls:
        return replace(completion, content=_half(completion.content), finish_reason=finish_reason)
    *others, last = completion.calls
    cut = replace(last, arguments=_half(last.arguments))
    return replace(completion, calls=(*others, cut), finish_reason=finish_reason)


def _half(text: str) -> str:
    return text[: len(text) // 2 or 1]
