"""Ways in which a change can make checks pass without doing the work: tests changed, settings that switch them off.

Pure: texts and paths in, names out. What is found is shown to a person, or refused where the task says so.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

_WORD = re.compile(r"[^\s'\"`;&|<>()=,]+")
_BEFORE_SECTION = re.compile(r"^\[([^\]]+)\]\s*$")
_TARGET = re.compile(r"^([A-Za-z0-9_.%/ -]+?)\s*::?(?!=)")

_SETTINGS_NAMES = frozenset(
    {
        *("conftest.py", "pytest.ini", ".pytest.ini", "tox.ini", "noxfile.py", "sitecustomize.py", "usercustomize.py"),
        *(".coveragerc", ".pre-commit-config.yaml", ".gitlab-ci.yml", "Jenkinsfile", "azure-pipelines.yml"),
        *("jest.config.js", "jest.config.ts", "vitest.config.ts", "karma.conf.js", ".mocharc.json", ".npmrc"),
        *("pip.conf", "requirements.txt", "constraints.txt", "Pipfile", "go.mod", "Cargo.toml", "Gemfile", ".envrc"),
    }
)
_SETTINGS_FOLDERS = (".github/", ".circleci/", ".husky/", ".githooks/", ".buildkite/")
_LOCK = re.compile(r"(.*\.lock|.*-lock\.(json|ya?ml)|go\.sum|requirements[^/]*\.txt)$")
_TEST_TARGET = re.compile(r"(^|[-_ ])(tests?|checks?|verify|ci|lint)($|[-_ ])")


def named_paths(commands: Iterable[str]) -> tuple[str, ...]:
    """Return what may be paths of files in command lines: words with a dot or a slash, up to a ``::`` of pytest's."""
    found: dict[str, None] = {}
    for command in commands:
        for word in _WORD.findall(command):
            path = word.partition("::")[0].removeprefix("./").rstrip("/")
            if ("." in path or "/" in path) and not path.startswith(("-", "/", "$")) and ".." not in path.split("/"):
                found[path] = None
    return tuple(found)


def named_among(commands: Iterable[str], changed: Iterable[str]) -> tuple[str, ...]:
    """Return the changed files that command lines name, themselves or as a dotted module (``tests.test_parser``)."""
    named = set(named_paths(commands))
    modules = {name.replace(".", "/") + ".py" for name in named if "/" not in name}
    return tuple(path for path in changed if path in named or path in modules)


def not_written(paths: Iterable[str], writes: Sequence[str]) -> tuple[str, ...]:
    """Return the paths that a subtask was not told to write; a folder in ``writes`` stands for all in it."""
    folders = tuple(f"{name.rstrip('/')}/" for name in writes)
    return tuple(path for path in paths if path not in writes and not path.startswith(folders or ("\0",)))


def needs_both_texts(path: str) -> bool:
    """Whether only the texts before and after tell if a change to this file touches settings of tests."""
    return path.rpartition("/")[2] in _TEXTS


def settings_by_name(paths: Iterable[str]) -> tuple[str, ...]:
    """Return those of the paths that hold settings of tests, hooks, builds or dependencies by their very names."""
    return tuple(path for path in paths if _is_settings(path))


def _is_settings(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name in _SETTINGS_NAMES or path.startswith(_SETTINGS_FOLDERS) or bool(_LOCK.fullmatch(name))


def changes_settings(path: str, before: str, after: str) -> bool:
    """Whether a change to a file that holds much besides changes what tests do."""
    telling = _TEXTS[path.rpartition("/")[2]]
    return bool(telling(before) != telling(after))


def _of_pyproject(text: str) -> Any:
    try:
        whole = tomllib.loads(text)
    except ValueError:
        return text
    tools = whole.get("tool", {})
    kept = {name: tools.get(name) for name in ("pytest", "tox", "coverage", "nox", "hatch", "poe")}
    project = whole.get("project", {})
    return kept, project.get("dependencies"), project.get("optional-dependencies"), whole.get("build-system")


def _of_setup_cfg(text: str) -> Any:
    kept, inside = [], False
    for line in text.splitlines():
        section = _BEFORE_SECTION.match(line)
        if section:
            inside = section[1] in {"tool:pytest", "aliases", "coverage:run", "options", "options.extras_require"}
        if inside and line.strip():
            kept.append(line)
    return kept


def _of_package(text: str) -> Any:
    try:
        whole = json.loads(text)
        return {name: whole.get(name) for name in ("scripts", "jest", "mocha", "dependencies", "devDependencies")}
    except (ValueError, AttributeError):
        return text


def _of_makefile(text: str) -> Any:
    kept, inside = [], False
    for line in text.splitlines():
        if not line.startswith(("\t", " ", "#")) and line.strip():
            target = _TARGET.match(line)
            inside = bool(target and _TEST_TARGET.search(target[1]))
        if inside and line.strip():
            kept.append(line)
    return kept


_TEXTS: dict[str, Callable[[str], Any]] = {
    "pyproject.toml": _of_pyproject,
    "setup.cfg": _of_setup_cfg,
    "package.json": _of_package,
    "Makefile": _of_makefile,
    "makefile": _of_makefile,
    "GNUmakefile": _of_makefile,
}
