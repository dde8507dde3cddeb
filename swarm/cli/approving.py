"""Asking the person at the terminal whether a run's plan is to be carried out."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from swarm.cli.plan_report import PriceOf, report_lines
from swarm.cli.speech import note, warn
from swarm.control import ask
from swarm.core.approval import UNAPPROVED
from swarm.core.plan import Plan
from swarm.core.repository_map import RepositoryMap
from swarm.core.requests import Request
from swarm.core.scheduler import Scheduler
from swarm.core.scopes import whole_plan
from swarm.creation import plan_surroundings
from swarm.errors import SwarmError
from swarm.journal.reader import open_reader
from swarm.journal.store import RunFolder
from swarm.runtime import RunResult

_SHOWN = 40


def waits_for_approval(result: RunResult) -> bool:
    """Whether a run stands still until a person has approved of its plan."""
    return result.paused is not None and result.paused.code == UNAPPROVED


def ask_person(folder: RunFolder, price: PriceOf) -> bool:
    """Show the plan and ask the person at the terminal; return whether it is approved of, and recorded so."""
    with open_reader(folder.journal) as reader:
        state = Scheduler.restore(reader.condensed()).state
    assert state.task is not None
    subtasks = tuple(node.subtask for node in state.parts_of(whole_plan(state)) if node.counts)
    surroundings = plan_surroundings(state.task, RepositoryMap(""))
    edited: Plan | None = None
    while True:
        shown = edited.subtasks if edited else subtasks
        for subtask in shown[:_SHOWN]:
            waits = f"  after {', '.join(subtask.depends_on)}" if subtask.depends_on else ""
            note(f"  {subtask.id}  {subtask.name}{waits}")
        if len(shown) > _SHOWN:
            note(f"  and {len(shown) - _SHOWN} more")
        for line in report_lines(shown, surroundings, price):
            note(line)
        sys.stderr.write("Carry this plan out? [y]es, [N]o, [e]dit ")
        sys.stderr.flush()
        answer = sys.stdin.readline().strip().lower()
        if answer in ("e", "edit"):
            edited = _edited(Plan(subtasks=shown)) or edited
            continue
        return answer in ("y", "yes") and _approved(folder, edited)


def _approved(folder: RunFolder, edited: Plan | None) -> bool:
    try:
        ask(folder, Request(kind="approve", plan=edited))
    except SwarmError as error:
        warn(error.message)
        return False
    return True


def _edited(plan: Plan) -> Plan | None:
    """Let the person edit a plan in their editor; return what they made of it, None when it cannot be used."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="swarm-plan-") as folder:
        path = Path(folder) / "plan.json"
        path.write_text(json.dumps(plan.model_dump(mode="json", exclude_none=True), indent=2), encoding="utf-8")
        try:
            subprocess.run([*command, str(path)], check=True)
            return Plan.parse(path.read_text(encoding="utf-8"), source="the edited plan")
        except SwarmError as error:
            warn(error.message)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            warn(f"{command[0]} could not be used: {error}")
    return None
