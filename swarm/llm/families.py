"""The families of servers as data: what each does differently, and the signs by which one is known.

Whoever adds a family adds a row here, what it says in its errors in :mod:`swarm.llm.wordings`, and nothing else.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from swarm.errors import ConfigError
from swarm.llm.dialects import Dialect

_CHECKED = "2026-11-23"
DIALECTS: Mapping[str, Dialect] = {
    dialect.family: dialect
    for dialect in (
        Dialect("default", _CHECKED),
        # Refuses fields in a turn that it does not know, reasoning among them, and gives none out.
        Dialect(
            "openai",
            _CHECKED,
            output_limit=("max_completion_tokens", "max_tokens"),
            parallel_calls=(True,),
            affinity=("prompt_cache_key",),
            reasoning_echo=(),
            cache_tokens=1_024,
            trusted_tools=True,
        ),
        # Knows JSON mode but no schema; a forced call of one tool holds to the schema better.
        Dialect(
            "deepseek",
            _CHECKED,
            structured=("tool", "json_object", "text"),
            reasoning_echo=("reasoning_content", "as_received"),
            trusted_tools=True,
        ),
        # Refuses a forced call while it thinks, and thinking cannot be switched off on the newer models.
        Dialect(
            "kimi",
            _CHECKED,
            tool_choice=("auto",),
            output_limit=("max_completion_tokens", "max_tokens"),
            affinity=("prompt_cache_key",),
            sampling=(),
            reasoning_echo=("reasoning_content", "as_received"),
            cache_tokens=256,
            trusted_tools=True,
        ),
        # Gives one call a reply unless told that more are welcome.
        Dialect("llama.cpp", _CHECKED, parallel_calls=(True,), cache_tokens=1),
        Dialect("vllm", _CHECKED, cache_tokens=16),
        Dialect("sglang", _CHECKED, cache_tokens=16),
        # Takes tool_choice without a word and ignores it.
        Dialect("ollama", _CHECKED, tool_choice=(), output_limit=("max_tokens",)),
        # Knows a schema but no plain JSON mode.
        Dialect("lmstudio", _CHECKED, output_limit=("max_tokens",), cache_tokens=1),
        Dialect("litellm", _CHECKED, session_headers=("x-litellm-session-id", "x-session-id")),
        Dialect("openrouter", _CHECKED, reasoning_echo=("as_received", "reasoning"), cache_tokens=1_024),
        # Takes response_format without a word and ignores it; tools only with chat templates that it knows.
        Dialect("transformers", _CHECKED, tool_choice=(), structured=("text",)),
    )
}

_FAMILY_BY_HOST: tuple[tuple[str, str], ...] = (
    (r"(^|\.)openai\.com$", "openai"),
    (r"(^|\.)deepseek\.com$", "deepseek"),
    (r"(^|\.)(moonshot\.(ai|cn)|kimi\.com)$", "kimi"),
    (r"(^|\.)openrouter\.ai$", "openrouter"),
    (r"ollama", "ollama"),
    (r"vllm", "vllm"),
    (r"sglang", "sglang"),
    (r"litellm", "litellm"),
    (r"llama", "llama.cpp"),
)
_FAMILY_BY_PORT = {11434: "ollama", 1234: "lmstudio", 30000: "sglang"}
_FAMILY_BY_OWNER = {
    "vllm": "vllm",
    "sglang": "sglang",
    "llamacpp": "llama.cpp",
    "library": "ollama",
    "organization_owner": "lmstudio",
    "deepseek": "deepseek",
    "moonshot": "kimi",
}


def dialect_for(base_url: str, family: str = "") -> Dialect:
    """Return the dialect of a family, or the one that fits the base URL.

    Raises:
        ConfigError: there is no family of that name.
    """
    if family and family not in DIALECTS:
        raise ConfigError(f"there is no dialect {family!r}", hint=f"Choose one of: {', '.join(DIALECTS)}.")
    return DIALECTS[family or _family_of_address(base_url)]


def _family_of_address(base_url: str) -> str:
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    by_host = next((name for pattern, name in _FAMILY_BY_HOST if re.search(pattern, host)), "")
    return by_host or _FAMILY_BY_PORT.get(parts.port or 0, "default")


def family_of_server(headers: Mapping[str, str], models: Sequence[Mapping[str, Any]]) -> str:
    """Return the family that a server shows in its list of models, empty when it shows none.

    Args:
        headers: the response's headers, names in lower case.
        models: the entries of the list.
    """
    if any(name.startswith("x-litellm") for name in headers):
        return "litellm"
    if headers.get("server", "").lower() == "llama.cpp":
        return "llama.cpp"
    owners = (str(entry.get("owned_by")) for entry in models)
    return next((_FAMILY_BY_OWNER[owner] for owner in owners if owner in _FAMILY_BY_OWNER), "")
