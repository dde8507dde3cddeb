"""The rows of the table of dialects, as the page on the doctor shows them."""

from swarm.llm.dialects import Dialect
from swarm.llm.families import DIALECTS


def rows() -> list[str]:
    return [row(dialect) for dialect in DIALECTS.values()]


def row(dialect: Dialect) -> str:
    cells = (
        dialect.output_limit[0],
        ", ".join(dialect.tool_choice) or "not sent",
        ", ".join(dialect.structured),
        "yes" if dialect.sampling else "not sent",
        {"as_received": "as it came", "reasoning_content": "`reasoning_content`, in every turn with calls"}.get(
            next(iter(dialect.reasoning_echo), ""), "no"
        ),
    )
    return f"| {dialect.family} | " + " | ".join(cells) + " |"
