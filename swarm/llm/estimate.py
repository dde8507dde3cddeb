"""How long a prompt is, before a server has counted it: pure."""

from swarm.protocols import ModelRequest

_BYTES_PER_TOKEN = 4
_TOOL_CHARACTERS = 400


def estimated_tokens(request: ModelRequest) -> int:
    """Return about how many tokens a request's prompt has."""
    characters = len(request.tools) * _TOOL_CHARACTERS
    for message in request.messages:
        characters += len(message.content)
        if message.reply is not None:
            characters += len(message.reply.content) + len(message.reply.reasoning)
            characters += sum(len(call.arguments) for call in message.reply.tool_calls)
    return characters // _BYTES_PER_TOKEN
