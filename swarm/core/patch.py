"""A change of the plan, as a planner proposes it: subtasks that join, that are worded anew, and that are dropped."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from swarm.core.plan import MAX_SUBTASKS, Strings, Subtask, as_tuple
from swarm.core.plan_schema import counted, subtask_schema
from swarm.errors import PlanError

PATCH_HINT = (
    'A patch is {"reason": "...", "add": [subtasks], "change": [subtasks], '
    '"drop": [{"id": "...", "instead": ["..."]}]}.'
)


class Dropped(BaseModel):
    """A subtask that is not to be done, or whose failure is not to count: others stand in for it.

    Attributes:
        id: the subtask.
        instead: what waited for it waits for these instead; for nothing when empty.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    instead: Strings = ()


def _as_dropped(value: Any) -> Any:
    if isinstance(value, list):
        return tuple({"id": item} if isinstance(item, str) else item for item in value)
    return value


class PlanPatch(BaseModel):
    """A change of the subtasks below one planner.

    Attributes:
        revision: the revision of the plan that it was made for.
        reason: why, in a sentence.
        add: subtasks that join the plan.
        change: subtasks that have not been started, as they are to be from now on.
        drop: subtasks that are not done, and those that failed and are made up for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    revision: int = Field(default=0, ge=0)
    reason: str = Field(default="", max_length=4_000)
    add: Annotated[tuple[Subtask, ...], BeforeValidator(as_tuple)] = ()
    change: Annotated[tuple[Subtask, ...], BeforeValidator(as_tuple)] = ()
    drop: Annotated[tuple[Dropped, ...], BeforeValidator(_as_dropped)] = ()

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not (self.add or self.change or self.drop)

    @classmethod
    def parse(cls, text: str, *, source: str) -> Self:
        """Read a patch from JSON text.

        Raises:
            PlanError: it is no patch; the message names the field.
        """
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PlanError(f"{source}: not valid JSON: {error}", hint=PATCH_HINT) from error
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            field = ".".join(str(part) for part in first["loc"])
            where = f"field {field!r}: " if field else ""
            raise PlanError(f"{source}: {where}{first['msg']}", hint=PATCH_HINT) from error

    def in_words(self) -> str:
        """Return what it does, in a few words."""
        counts = ((len(self.add), "added"), (len(self.change), "changed"), (len(self.drop), "dropped"))
        return ", ".join(f"{count} {what}" for count, what in counts if count) or "nothing changed"


def patch_schema(*, may_nest: bool = True, room: int = MAX_SUBTASKS, roles: Sequence[str] = ()) -> dict[str, Any]:
    """Return the JSON Schema of a planner's patch, every field required, as strict structured output wants it.

    Args:
        may_nest: whether subtasks may be of kind ``plan``.
        room: how many subtasks may join.
        roles: who may carry them out.
    """
    subtask = subtask_schema(may_nest=may_nest, roles=roles)
    text = {"type": "string"}
    dropped = {
        "type": "object",
        "properties": {"id": text, "instead": {"type": "array", "items": text}},
        "required": ["id", "instead"],
        "additionalProperties": False,
    }
    fields = {
        "reason": text,
        "add": counted(subtask, most=room),
        "change": {"type": "array", "items": subtask},
        "drop": {"type": "array", "items": dropped},
    }
    return {
        "title": "SubmitPatch",
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }
