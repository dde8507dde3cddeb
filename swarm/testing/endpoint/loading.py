"""Reads a scenario from a TOML file, with every file that its answers use."""

import json
import tomllib
from pathlib import Path

from pydantic import ValidationError

from swarm.errors import ScenarioError
from swarm.testing.endpoint.answers import Script
from swarm.testing.endpoint.scenario import Scenario

MAX_FILE_BYTES = 8 * 1024 * 1024


def load_scenario(path: Path | str) -> Scenario:
    """Read and check a scenario file.

    Every file that it names is read now, relative to it, and must lie beneath the folder above the
    scenario's own: the folder of the task that it belongs to.

    Args:
        path: the TOML file.

    Raises:
        ScenarioError: a file is missing, too large or outside that folder, or a field is wrong; names both.
    """
    path = Path(path)
    scenario = _parse(path)
    files = dict(scenario.files)
    if scenario.plan is not None:
        files.setdefault(scenario.plan, _read(path, "plan", scenario.plan))
    with_plan = scenario.model_copy(update={"files": files})
    try:
        for place, name in Script(with_plan).files_needed():
            if name not in files:
                files[name] = _read(path, place, name)
            if place.endswith(".plan"):
                _check_json(path, place, name, files[name])
    except ScenarioError as error:
        prefix = "" if error.message.startswith(str(path)) else f"{path}: "
        raise ScenarioError(f"{prefix}{error.message}", hint=error.hint) from None
    return with_plan.model_copy(update={"files": files})


def _parse(path: Path) -> Scenario:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ScenarioError(f"{path}: longer than {MAX_FILE_BYTES} bytes")
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(
            f"{path}: {error.strerror or error}", hint="Name a scenario file with --scenario."
        ) from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{path}: not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{path}: not valid TOML: {error}") from None
    try:
        return Scenario.model_validate(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        problems = [f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in found]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ScenarioError(
            f"{path}: {problems[0]}{more}", hint="docs/simulated-endpoint.md describes every field."
        ) from None


def _read(scenario: Path, place: str, name: str) -> str:
    root = scenario.resolve().parent.parent
    target = (scenario.resolve().parent / name).resolve()
    if not target.is_relative_to(root):
        raise ScenarioError(
            f"{scenario}: {place}: {name!r} is outside the task's folder", hint=f"Keep files beneath {root}."
        )
    try:
        if target.stat().st_size > MAX_FILE_BYTES:
            raise ScenarioError(f"{scenario}: {place}: {name!r} is longer than {MAX_FILE_BYTES} bytes")
        return target.read_text(encoding="utf-8")
    except OSError as error:
        raise ScenarioError(f"{scenario}: {place}: {name!r}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise ScenarioError(f"{scenario}: {place}: {name!r} is not UTF-8 text") from None


def _check_json(scenario: Path, place: str, name: str, text: str) -> None:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ScenarioError(f"{scenario}: {place}: {name!r} is not valid JSON: {error}") from None
    if not isinstance(document, dict):
        raise ScenarioError(f"{scenario}: {place}: {name!r} is not a JSON object")
