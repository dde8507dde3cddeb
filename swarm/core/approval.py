"""A plan that a person looks at before any work begins."""

from dataclasses import dataclass

AWAITING_APPROVAL = "the plan waits for your approval: `swarm approve RUN`"

UNAPPROVED = "plan_unapproved"
"""The code of a pause that a person's approval ends."""


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """A person has approved of the plan of that revision, or of what they make of it: a patch follows then."""

    revision: int
    request_id: str = ""
    driven: bool = True
