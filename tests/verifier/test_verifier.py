from pathlib import Path

import pytest

from swarm.errors import UsageError
from swarm.protocols import Verifier
from swarm.verifier import CheckVerifier, ProtectedPaths
from tests.workspace.sources import Scene, new_scene


@pytest.fixture
async def scene(tmp_path: Path) -> Scene:
    return await new_scene(tmp_path)


def new_verifier(scene: Scene, *, protected: tuple[str, ...] = (), timeout_s: float = 30) -> CheckVerifier:
    return CheckVerifier(scene.workspaces, scene.run, protected=protected, check_timeout_s=timeout_s)


def left_over(scene: Scene) -> list[str]:
    return [path.name for path in (scene.folder / "run/attempts").iterdir() if path.name.startswith("check")]


async def test_checks_that_pass_are_evidence(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n", "build/ignored": "1\n"})
    checks = ("grep 1 x.py", "test ! -e build", "git log -1 --format=%an")
    verifier: Verifier = new_verifier(scene)
    verdict = await verifier.verify(commit, base=scene.base, checks=checks, name="check-one")
    assert (verdict.accepted, verdict.verified, verdict.reason) == (True, True, "")
    assert [result.command for result in verdict.checks] == list(checks)
    assert [result.output for result in verdict.checks] == ["1\n", "", "swarm\n"]
    assert all(len(result.output_digest) == 64 for result in verdict.checks)
    assert left_over(scene) == []


async def test_no_checks_is_accepted_without_evidence(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(), name="check-one")
    assert (verdict.accepted, verdict.verified) == (True, False)


async def test_the_first_failure_stops_and_explains(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    checks = ("true", "printf 'start\\n%05000d\\033[31mwrong\\n' 0; exit 3", "echo never")
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=checks, name="check-one")
    assert (verdict.accepted, len(verdict.checks)) == (False, 2)
    assert "failed with exit code 3" in verdict.reason
    assert "The end of what it printed:" in verdict.reason
    assert verdict.reason.endswith("\\x1b[31mwrong")
    assert "start" not in verdict.reason.split("printed:")[1]
    assert left_over(scene) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("no-such-command", "a command was not found"),
        ("sleep 30", "stopped at its time limit of 0.5 s"),
        ("exit 1", "It printed nothing."),
    ],
)
async def test_reasons(scene: Scene, command: str, said: str) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    verdict = await new_verifier(scene, timeout_s=0.5).verify(
        commit, base=scene.base, checks=(command,), name="check-one"
    )
    assert not verdict.accepted
    assert said in verdict.reason
    assert command in verdict.reason


async def test_a_check_that_was_killed_runs_once_more(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    flaky = "test -e build/ran || { mkdir build; touch build/ran; kill -9 $$; }"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(flaky,), name="check-one")
    assert verdict.accepted
    always = "echo x >> build.log; wc -l < build.log; kill -9 $$"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(always,), name="check-one")
    assert "killed twice by a signal" in verdict.reason
    assert verdict.reason.endswith("2")


async def test_an_ordinary_failure_does_not_run_again(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    counts = "echo x >> build.log; wc -l < build.log; exit 1"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(counts,), name="check-one")
    assert verdict.reason.endswith("1")


async def test_protected_paths_are_refused_before_anything_runs(scene: Scene, tmp_path: Path) -> None:
    changes = {"tests/test_a.py": "1\n", "deep/poetry.lock": "1\n", "src/a.py": "a = 2\n", "tests/\x1b[2J": "1\n"}
    commit = await scene.commit("one", changes)
    verifier = new_verifier(scene, protected=("tests/**", "*.lock"))
    ran = tmp_path / "ran"
    verdict = await verifier.verify(commit, base=scene.base, checks=(f"touch {ran}",), name="check-one")
    assert (verdict.accepted, verdict.verified, verdict.checks) == (False, False, ())
    assert "deep/poetry.lock, tests/\\x1b[2J, tests/test_a.py" in verdict.reason
    assert "src/a.py" not in verdict.reason
    assert not ran.exists()


async def test_deleting_or_renaming_a_protected_file_is_refused(scene: Scene) -> None:
    workspace = await scene.workspaces.open("one", base_commit=scene.base)
    (workspace.folder / "src/a.py").rename(workspace.folder / "src/c.py")
    commit = await scene.run.commit("one", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
    verdict = await new_verifier(scene, protected=("src/a.py",)).verify(
        commit, base=scene.base, checks=(), name="check-one"
    )
    assert "src/a.py" in verdict.reason


@pytest.mark.parametrize(
    ("pattern", "path", "protected"),
    [
        ("tests/**", "tests/a/b.py", True),
        ("tests/**", "src/tests/a.py", False),
        ("tests/", "tests/a.py", True),
        ("tests", "src/tests/a.py", True),
        ("/tests", "src/tests/a.py", False),
        ("*.lock", "a/b.lock", True),
        ("*.lock", "a/b.locked", False),
        ("*.lock", ".lock", True),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/x/a.py", False),
        ("src/**/a.py", "src/a.py", True),
        ("src/**/a.py", "src/x/y/a.py", True),
        ("**/conftest.py", "conftest.py", True),
        ("**/conftest.py", "a/conftest.py", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("test_[0-9].py", "test_1.py", True),
        ("test_[!0-9].py", "test_1.py", False),
        ("a.b", "axb", False),
        ("**", "any/thing", True),
        (".github", ".github/workflows/x.yml", True),
    ],
)
def test_patterns(pattern: str, path: str, protected: bool) -> None:
    assert bool(ProtectedPaths([pattern]).among([path])) is protected


def test_the_last_pattern_decides() -> None:
    paths = ProtectedPaths(["tests/**", "!tests/helpers/**", "tests/helpers/secret.py"])
    assert paths.among(["tests/a.py", "tests/helpers/b.py", "tests/helpers/secret.py"]) == (
        "tests/a.py",
        "tests/helpers/secret.py",
    )


def test_an_impossible_pattern_is_named() -> None:
    with pytest.raises(UsageError, match=r"'\[z-a\]'"):
        ProtectedPaths(["[z-a]"])
