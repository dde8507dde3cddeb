"""What can be set at a server so that it can do more, by family: data."""

from collections.abc import Mapping

from swarm.doctor.examination import Examination

_HINTS: Mapping[tuple[str, str], str] = {
    ("vllm", "tools"): "Start vLLM with --enable-auto-tool-choice and the --tool-call-parser of the model.",
    ("vllm", "cache"): "Start vLLM with --enable-prompt-tokens-details.",
    ("sglang", "tools"): "Start SGLang with the --tool-call-parser of the model.",
    ("sglang", "cache"): "Start SGLang with --enable-cache-report.",
    ("llama.cpp", "tools"): "Start llama-server with --jinja and a chat template that knows tools.",
    ("ollama", "context"): "Set OLLAMA_CONTEXT_LENGTH, Ollama cuts longer conversations without a word.",
    ("ollama", "tools"): "Choose a model that Ollama lists with the capability tools.",
    ("lmstudio", "tools"): "Choose a model that LM Studio marks as trained for tool use.",
    ("transformers", "context"): "Conversations that are too long are answered with nonsense: limit them yourself.",
}


def hint_for(found: Examination, subject: str) -> str:
    """Return what can be done at the server's side about something that is missing; empty when nothing is known."""
    family = found.endpoint.dialect or found.server.family or found.dialect.family
    return _HINTS.get((family, subject), "")
