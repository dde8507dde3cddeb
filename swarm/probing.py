"""Is a model's endpoint back? One call, which nobody makes again."""

import asyncio

from swarm.core.messages import Message, Role
from swarm.core.stimuli import ProbeAnswered, ProbeFailed
from swarm.errors import ContextOverflow, EndpointError, EndpointUnavailable, ReplyTooLarge, RequestRejected
from swarm.protocols import Model, ModelRequest

PROBE_S = 60.0
"""How long a probe may take."""

_QUESTION = (Message(Role.USER, "Answer with one word: ready."),)
_OUTPUT_TOKENS = 16


async def probe(model: Model, *, role: str) -> ProbeAnswered | ProbeFailed:
    """Ask the model of a role the shortest question."""
    request = ModelRequest(role, _QUESTION, max_output_tokens=_OUTPUT_TOKENS, probing=True)
    try:
        async with asyncio.timeout(PROBE_S):
            await model.reply(request, delayed=_give_up)
    except TimeoutError:
        return ProbeFailed(f"no answer to a probe within {PROBE_S:.0f} s", EndpointUnavailable.code)
    except (ContextOverflow, ReplyTooLarge, RequestRejected):
        return ProbeAnswered()  # it dislikes the question, so it is there
    except EndpointError as error:
        return ProbeFailed(error.message, error.code)
    return ProbeAnswered()


async def _give_up(error: EndpointError, _: float) -> None:
    raise error
