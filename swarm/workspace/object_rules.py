"""What git checks of objects that come from elsewhere, the same wherever they come in, and what it said of them."""

import re
from dataclasses import dataclass

from swarm.workspace.git import as_environment

# Rules for what these files say concern whoever uses them, and git checks them there; a run's result is not held back.
_OF_MODULES = ("Url", "Path", "Name", "Update", "Parse", "Blob")
_OF_ATTRIBUTES = ("LineLength", "Large", "Blob")  # git knows these since 2.39.1

_MILD_OF_MODULES = tuple(f"gitmodules{rule}" for rule in _OF_MODULES)
MILD = (*_MILD_OF_MODULES, *(f"gitattributes{rule}" for rule in _OF_ATTRIBUTES))
"""The rules whose violations are no reason to refuse an object."""

CHECKED_FETCH = as_environment({"fetch.fsckObjects": "true", **{f"fetch.fsck.{rule}": "warn" for rule in MILD}})
"""The settings that make ``git fetch`` check every object."""

_NO_DAMAGE = "gitmodulesSymlink"
"""Refused on the way in, so that it stays in the intake; but nothing is damaged where it is."""

_REFUSED = re.compile(r"^error: object ([0-9a-f]{40}(?:[0-9a-f]{24})?): (\w+): (.*)$", re.MULTILINE)
_UNKNOWN_RULE = "nhandled message id"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that git refused, the name of the rule, and what git said of it."""

    object_id: str
    rule: str
    said: str


def strict(rules: tuple[str, ...] = MILD) -> str:
    """Return the option by which the programs that take packs in check every object as ``git fetch`` has them do."""
    return "--strict=" + ",".join(f"{rule}=warn" for rule in rules)


def strict_for_older_git(said: str) -> str:
    """Return the option for a git that does not know one of the rules, and so does not check it; else nothing."""
    return strict(_MILD_OF_MODULES) if _UNKNOWN_RULE in said else ""


def looking_for_damage(rules: tuple[str, ...] = MILD) -> dict[str, str]:
    """Return the settings that make ``git fsck`` report damage, not what agents' files say."""
    return as_environment({f"fsck.{rule}": "warn" for rule in (*rules, _NO_DAMAGE)})


def looking_for_damage_with_older_git(said: str) -> dict[str, str]:
    """Return the settings for a git that does not know one of the rules; else nothing."""
    return looking_for_damage(_MILD_OF_MODULES) if _UNKNOWN_RULE in said else {}


def first_refusal(said: str) -> Refusal | None:
    """Return which object git refused first, by what it said; None when it failed for another reason."""
    found = _REFUSED.search(said)
    return Refusal(*found.groups()) if found else None
