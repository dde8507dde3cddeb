"""Numbers as people read them: counts, durations, money."""

from swarm.core.limits import Spent
from swarm.core.pairs import HedgeFigures

_UNITS = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))


def short_count(number: int) -> str:
    """Return a count in at most five characters or so: ``950``, ``12.3k``, ``4.1M``."""
    for size, unit in _UNITS:
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)


def duration(seconds: float) -> str:
    """Return a time span: ``0:07``, ``12:04``, ``3:05:09``, ``2d 03:05``."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    if days:
        return f"{days}d {hour:02}:{minute:02}"
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def money(dollars: float) -> str:
    """Return an amount in US dollars, small ones with four digits after the point."""
    return f"${dollars:,.2f}" if dollars >= 1 or dollars == 0 else f"${dollars:.4f}"


def cost(spent: Spent) -> str:
    """Return what calls cost; a call without a known price is never shown as free."""
    if not spent.unpriced_calls:
        return money(spent.priced_usd)
    if spent.unpriced_calls >= spent.calls:
        return "no price"
    plural = "" if spent.unpriced_calls == 1 else "s"
    return f"{money(spent.priced_usd)} + {spent.unpriced_calls:,} call{plural} without a price"


def waste(wasted: Spent, spent: Spent) -> str:
    """Return what work cost that was not used: tokens, their share, and the money where it has a price."""
    tokens, all_tokens = wasted.usage.total_tokens, spent.usage.total_tokens
    paid = f", {money(wasted.priced_usd)}" if wasted.priced_usd else ""
    return f"{tokens:,} tokens ({percent(tokens, all_tokens)}){paid}"


def hedges_in_words(figures: HedgeFigures) -> str:
    """Return what second attempts came to: how many there were, and what was spent on the work that lost."""
    tokens, paid = figures.lost.usage.total_tokens, figures.lost.priced_usd
    lost = f"{tokens:,} tokens{f', {money(paid)}' if paid else ''}" if tokens else "nothing"
    return f"{figures.begun:,} begun, {figures.won:,} accepted first; {lost} spent on work that another attempt outran"


def percent(part: float, whole: float) -> str:
    """Return a share in whole percent; of nothing it is ``0 %``."""
    return f"{100 * part / whole:.0f} %" if whole else "0 %"
