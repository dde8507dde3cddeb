"""What servers say when a conversation is too long, an account used up, or a filter steps in, by family: data.

Every server's words are matched against all of them, because a gateway passes on what the server behind it said. All
patterns are searched in the message in lower case.
"""

import re
from collections.abc import Mapping

OVERFLOW: Mapping[str, tuple[str, ...]] = {
    "openai": (
        r"(maximum|max) context length",
        r"context_length_exceeded",
        r"reduce the length of the (messages|prompt|input)",
        r"input tokens? exceed",
        r"exceeds? the context window",
    ),
    "deepseek": (r"exceeds? the (maximum|max|model'?s) .{0,40}tokens",),
    "kimi": (r"input token length too long", r"exceeded model token limit"),
    "vllm": (
        r"longer than the (maximum|max) model length",
        r"(prompt|input|request) is too (long|large)",
        r"too large: \d+.{0,60}maximum context",
    ),
    "sglang": (r"longer than the model'?s context", r"requested token count exceeds"),
    "llama.cpp": (
        r"exceeds? .{0,60}context (length|window|size)",
        r"exceed_context_size",
        r"context (length|window|size) (is |has been )?exceed",
        r"input is too large to process",
    ),
    # A cut conversation that has lost its question.
    "ollama": (r"no user query found", r"input length .{0,60}exceed"),
    "lmstudio": (r"trying to keep the first \d+ tokens", r"context length of only \d+ tokens"),
    "litellm": (r"contextwindowexceeded", r"context window exceeded", r"too many (input )?tokens"),
    "openrouter": (r"endpoint'?s maximum context length", r"prompt tokens limit exceeded"),
    "transformers": (
        r"(sequence|input|prompt) length .{0,60}(longer|exceed|greater)",
        r"larger than .{0,40}max_model_len",
    ),
}

QUOTA: Mapping[str, tuple[str, ...]] = {
    "openai": (
        r"exceeded your current quota",
        r"billing hard limit",
        r"account .{0,40}(deactivated|suspended|arrears|overdue)",
    ),
    "deepseek": (r"insufficient (account )?(balance|quota|credit|fund)",),
    "kimi": (r"usage limit for this billing", r"billing cycle", r"spend(ing)? limit"),
    "litellm": (
        r"budget has been exceeded",
        r"exceeded ?(token|team|user)? ?budget",
        r"quota (is |has been )?exhausted",
    ),
    "openrouter": (
        r"(out of|not enough|no|requires more|never purchased) credits?\b",
        r"credit balance is too low",
        r"payment required",
        r"key limit exceeded",
    ),
}


FILTER: Mapping[str, tuple[str, ...]] = {
    "openai": (
        r"content management policy",
        r"rejected as a result of our safety system",
        r"violat\w+ .{0,40}usage polic",
    ),
    "deepseek": (r"content exists risk",),
    "kimi": (r"considered high risk",),
    "qwen": (r"data may contain inappropriate content",),
}


def any_of(wordings: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Return one pattern for all of a table's wordings."""
    return re.compile("|".join(pattern for patterns in wordings.values() for pattern in patterns))
