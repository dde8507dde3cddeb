"""What model calls cost. Pure."""

from dataclasses import dataclass

from swarm.core.limits import Usage
from swarm.errors import ConfigError

_PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs, in US dollars per million tokens; cached input costs as much as other input if not named."""

    input: float
    output: float
    cached_input: float | None = None

    def __post_init__(self) -> None:
        for name in ("input", "output", "cached_input"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < 1e6:
                raise ConfigError(f"the price {name} must be between 0 and a million dollars per million tokens")

    def __str__(self) -> str:
        """Return the price as :func:`parse_price` reads it."""
        parts = (self.input, self.output) if self.cached_input is None else (self.input, self.output, self.cached_input)
        return ",".join(f"{part:g}" if float(f"{part:g}") == part else repr(part) for part in parts)

    def cost_usd(self, usage: Usage) -> float:
        """Return what calls cost that used so much: input that a cache served at its own price."""
        cached = self.input if self.cached_input is None else self.cached_input
        fresh = usage.input_tokens - usage.cached_tokens
        return (fresh * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output) / _PER

    def most_usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return the most that a call can cost: a cache may cost more than it saves, or serve nothing."""
        return (input_tokens * max(self.input, self.cached_input or 0.0) + output_tokens * self.output) / _PER


def dearest(prices: list[Price | None]) -> Price | None:
    """Return the price that no other one exceeds in any part; None when one is unknown, or there is none."""
    known = [price for price in prices if price is not None]
    if not known or len(known) < len(prices):
        return None
    return Price(
        max(max(price.input, price.cached_input or 0.0) for price in known), max(price.output for price in known)
    )


def parse_price(text: str) -> Price:
    """Read a price like ``0.28,0.42`` or, with cached input, ``0.28,0.42,0.028``.

    Raises:
        ConfigError: it is none.
    """
    try:
        fresh, output, *cached = (float(part) for part in text.split(","))
        return Price(fresh, output, *cached)
    except (ValueError, TypeError):
        raise ConfigError(
            f"{text!r} is not a price",
            hint="Write IN,OUT or IN,OUT,CACHED in US dollars per million tokens: --price 0.28,0.42,0.028.",
        ) from None
