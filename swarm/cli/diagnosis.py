"""What ``swarm doctor`` does and prints."""

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarm.api import SandboxChoice
from swarm.cli.reading import say_json
from swarm.cli.speech import note, warn
from swarm.doctor.conclusions import conclude, profile_of
from swarm.doctor.examination import Examination, examine, most_requests
from swarm.doctor.findings import Finding, problems
from swarm.doctor.machine import examine_machine
from swarm.doctor.table import print_findings
from swarm.errors import ConfigError
from swarm.llm import Endpoint
from swarm.llm.profile import Profile
from swarm.llm.profile_files import write_profile


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found out about the machine, and about an endpoint where there is one."""

    machine: list[Finding]
    examination: Examination | None = None
    findings: list[Finding] | None = None
    profile: Profile | None = None

    @property
    def exit_code(self) -> int:
        """0 when a run could start, 3 when something must be set up first, 4 when the endpoint does not answer."""
        fatal = self.examination.fatal if self.examination else None
        if fatal is not None:
            return fatal.exit_code
        return ConfigError.exit_code if problems(self.machine) else 0


async def diagnose(home: Path, endpoint: Endpoint | None, *, sandbox: SandboxChoice, concurrency: int) -> Diagnosis:
    """Examine the machine and, where there is one, an endpoint.

    Args:
        home: the folder of swarm's state.
        endpoint: the endpoint; ``None`` for the machine alone.
        sandbox: where commands would run.
        concurrency: how many calls at a time to try, at most.
    """
    machine = await examine_machine(home, sandbox=sandbox)
    if endpoint is None:
        return Diagnosis(machine)
    note(f"at most {most_requests(concurrency)} small requests to {endpoint.host}")
    found = await examine(endpoint, concurrency=concurrency, say=note)
    profile = profile_of(found, time.strftime("%Y-%m-%d")) if found.fatal is None else None
    return Diagnosis(machine, found, conclude(found), profile)


def leave(diagnosis: Diagnosis, profiles: Path | None, *, as_json: bool) -> None:
    """Print a diagnosis, write the profile where a folder for it is given, and leave the process.

    Raises:
        ConfigError: the profile cannot be written.
        SystemExit: always, with the exit code that says how it looks.
    """
    written = write_profile(profiles, diagnosis.profile) if profiles and diagnosis.profile else None
    if as_json:
        say_json(as_object(diagnosis))
    else:
        _print(diagnosis)
    if written is not None:
        note(f"profile: {written}")
    elif profiles is not None:
        warn("no profile is written, because the examination did not get to its end")
    raise SystemExit(diagnosis.exit_code)


def as_object(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as plain JSON values."""
    found = diagnosis.examination
    report: dict[str, Any] = {
        "ok": diagnosis.exit_code == 0,
        "machine": [finding.as_object() for finding in diagnosis.machine],
        "endpoint": None,
    }
    if found is not None:
        profile = diagnosis.profile
        report["endpoint"] = {
            "base_url": found.endpoint.base_url,
            "model": found.model,
            "models": list(found.server.models),
            "simulated": found.server.simulated,
            "findings": [finding.as_object() for finding in diagnosis.findings or []],
            "profile": None
            if profile is None
            else {
                "family": profile.family,
                "context_length": profile.context_length,
                "concurrency": profile.concurrency,
                "ways": {name: list(ways) for name, ways in profile.ways.items()},
            },
            "spent": {
                "requests": found.spent.calls,
                "input_tokens": found.spent.input_tokens,
                "output_tokens": found.spent.output_tokens,
            },
        }
    return report


def _print(diagnosis: Diagnosis) -> None:
    print_findings("This machine", diagnosis.machine, sys.stdout)
    found = diagnosis.examination
    if found is None:
        note("no endpoint is configured; name one with --base-url and --model to examine it")
        return
    print_findings(f"{found.model} at {found.endpoint.base_url}", diagnosis.findings or [], sys.stdout)
    spent = found.spent
    note(f"spent: {spent.calls} requests, {spent.input_tokens:,} tokens in, {spent.output_tokens:,} tokens out")
