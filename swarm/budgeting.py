"""The purse: where every model call of a run is reserved before it is made, and settled when it is over."""

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace

from swarm.core.accounts import Account, Ledger
from swarm.core.budget import MOST_OUTPUT_TOKENS, Question, Refused, admit
from swarm.core.compaction import size_of
from swarm.core.limits import NOTHING, Limits, Reservation, Spent
from swarm.core.prices import Price
from swarm.errors import ConfigError
from swarm.llm.estimate import TokenGauge, characters_of
from swarm.llm.tariff import Tariff
from swarm.protocols import ModelAnswer, ModelRequest

LOOK_AGAIN_S = 1.0
"""How often a call that waits for others looks whether it may be made, beside the moments when one is over."""

_LIKELY_OUTPUT_TOKENS = 500
_FIRST_MARGIN = 1.3
_MARGIN = 1.1
_TOKENS_AROUND_A_MESSAGE = 40


class OverBudget(Exception):
    """A call may not be made. Never shown to anybody; its ``refusal`` is."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


class Estimate:
    """How long one conversation's prompts are: what the server counted last, and an estimate of what came after."""

    def __init__(self) -> None:
        self._gauge = TokenGauge()
        self._counted: tuple[int, int] = (0, 0)

    def of(self, request: ModelRequest) -> int:
        """Return the tokens of a request's prompt, rather too many than too few."""
        messages, tokens = self._counted
        if not messages:
            return self._guess(characters_of(request), len(request.messages))
        new = request.messages[messages:]
        return tokens + self._guess(size_of(new), len(new))

    def learn(self, request: ModelRequest, answer: ModelAnswer, messages: int) -> None:
        """Take in what the server counted for the request, which had so many messages when they were counted."""
        if not request.characters:
            request = replace(request, messages=request.messages[:messages])
        usage = answer.reply.usage
        if not usage.estimated and usage.input_tokens > 0:
            self._counted = (messages, usage.input_tokens)
            self._gauge.learn(request, usage.input_tokens)

    def forget(self) -> None:
        """The conversation was made shorter: what the server counted is not its beginning any more."""
        self._counted = (0, 0)

    def _guess(self, characters: int, messages: int) -> int:
        margin = _MARGIN if self._gauge.replies else _FIRST_MARGIN
        return int(characters / self._gauge.ratio * margin) + _TOKENS_AROUND_A_MESSAGE * messages


class Purse:
    """What the calls of one run are paid from, in the process that drives it.

    Args:
        ledger: what was spent and reserved, folded from the run's events.
        limits: the limits that hold now.
        tariff: the prices.
    """

    def __init__(self, ledger: Ledger, limits: Callable[[], Limits], tariff: Tariff) -> None:
        self._ledger = ledger
        self._limits = limits
        self._tariff = tariff
        self._settled: asyncio.Event | None = None

    def reserve(self, attempt_id: str, request: ModelRequest, input_tokens: int) -> Reservation | None:
        """Return what a call may take, or None: it has to :meth:`wait` for calls in flight.

        The caller records the reservation before it waits for anything else; until then it is not held.

        Raises:
            OverBudget: the call does not fit and will not.
        """
        account = self._ledger.accounts[attempt_id]
        found = admit(self._ledger, self._limits(), self._question(account, request, input_tokens))
        if isinstance(found, Refused):
            raise OverBudget(found)
        return found

    async def wait(self) -> None:
        """Return when it is worth trying again."""
        settled = self._settled = self._settled or asyncio.Event()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_S):
                await settled.wait()

    def settled(self) -> None:
        """A call is over: those that wait look again."""
        settled, self._settled = self._settled, None
        if settled is not None:
            settled.set()

    def cost_usd(self, role: str, answer: ModelAnswer) -> float | None:
        """Return what a reply cost, ``None`` without a price."""
        if answer.cost_usd is not None:
            return answer.cost_usd
        price = self._price(role, answer)
        return None if price is None else price.cost_usd(answer.reply.usage)

    def lost(self, role: str, answer: ModelAnswer) -> Spent:
        """Return what was lost, by estimate, with answers that broke off before this one."""
        if not answer.lost.total_tokens:
            return NOTHING
        price = self._price(role, answer)
        return Spent(usage=answer.lost, priced_usd=0.0 if price is None else price.cost_usd(answer.lost))

    def _price(self, role: str, answer: ModelAnswer) -> Price | None:
        return self._tariff.price(answer.endpoint, answer.model) if answer.model else self._tariff.dearest(role)

    def _question(self, account: Account, request: ModelRequest, input_tokens: int) -> Question:
        spent = account.spent
        likely = spent.usage.output_tokens // spent.calls if spent.calls else _LIKELY_OUTPUT_TOKENS
        most = request.max_output_tokens or MOST_OUTPUT_TOKENS
        context = self._tariff.longest_context(request.role)
        if context is not None:
            most = max(1, min(most, context - input_tokens))
        price = self._tariff.dearest(request.role)
        return Question(request.role, account.subtask_id, input_tokens, most, likely, price)


def refuse_unpriced(limits: Limits, tariff: Tariff, roles: Iterable[str]) -> None:
    """Refuse a limit on money where a model that may be asked has no price.

    Raises:
        ConfigError: there is one.
    """
    for_all = limits.max_cost_usd is not None or limits.max_subtask_cost_usd is not None
    limited = {name for name, own in limits.roles.items() if own.max_cost_usd is not None}
    unpriced = tariff.unpriced({*roles, "compactor"} | limited if for_all else limited)
    if unpriced:
        raise ConfigError(
            f"the cost is limited, but no price is known for {', '.join(unpriced)}",
            hint="Name one with --price IN,OUT[,CACHED] in US dollars per million tokens, or in the config file.",
        )
