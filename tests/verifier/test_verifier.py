import hashlib
from pathlib import Path
from typing import ClassVar

import pytest

from swarm.core.checking import counts_in
from swarm.core.messages import Verdict
from swarm.core.patterns import PathPatterns
from swarm.core.weakening import changes_settings, needs_both_texts, settings_by_name
from swarm.errors import UsageError
from swarm.protocols import Verifier
from swarm.verifier import CheckVerifier, HiddenTests
from tests.workspace.sources import Scene, is_alive, new_scene, write_files


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


async def test_a_check_that_was_killed_runs_once_more_in_a_clean_checkout(scene: Scene, tmp_path: Path) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    ran = tmp_path / "ran"
    flaky = f"test -e build && exit 5; mkdir build; test -e {ran} || {{ touch {ran}; kill -9 $$; }}"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(flaky, "true"), name="check-one")
    assert verdict.accepted
    assert [(result.runs, result.flaky) for result in verdict.checks] == [(2, True), (1, False)]
    always = f"echo x >> {ran}; wc -l < {ran}; kill -9 $$"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(always,), name="check-one")
    assert "killed twice by a signal: killed by SIGKILL (exit code -9)" in verdict.reason
    assert "running out of memory" in verdict.reason
    assert verdict.reason.endswith("2")


async def test_an_ordinary_failure_does_not_run_again(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    counts = "echo x >> build.log; wc -l < build.log; exit 1"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(counts,), name="check-one")
    assert verdict.reason.endswith("1")


async def test_a_check_that_passed_on_the_base_is_doubted_once(scene: Scene, tmp_path: Path) -> None:
    log = tmp_path / "log"
    breaks = f"echo x >> {log}; test ! -e broken.py"
    verifier = new_verifier(scene)
    assert (await verifier.try_checks(scene.base, checks=(breaks,), name="base", timeout_s=30))[0].passed
    commit = await scene.commit("one", {"broken.py": "1\n"})
    for runs in (2, 1):  # the author's next try at it is not run twice
        verdict = await verifier.verify(commit, base=scene.base, checks=(breaks,), name="check-one")
        assert not verdict.accepted
        assert verdict.checks[0].runs == runs
    assert log.read_text().count("x") == 4


async def test_what_flakes_at_the_end_of_a_run_is_told(scene: Scene, tmp_path: Path) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    ran = tmp_path / "ran"
    flaky = f"test -e {ran} || {{ touch {ran}; exit 1; }}"
    verdict = await new_verifier(scene).verify(commit, base=scene.base, checks=(flaky,), name="run.check", final=True)
    assert verdict.accepted
    assert verdict.checks[0].flaky


async def test_a_check_that_hangs_is_not_run_again_and_leaves_nothing(scene: Scene, tmp_path: Path) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    pids = tmp_path / "pids"
    hangs = f"sleep 60 & echo $! >> {pids}; yes | head -c 3000000; wait"
    verdict = await new_verifier(scene, timeout_s=1).verify(
        commit, base=scene.base, checks=(hangs,), name="run.check", final=True
    )
    (result,) = verdict.checks
    assert (result.exit_code, result.runs, result.output_bytes) == (None, 1, 3_000_000)
    assert len(result.output) < 70_000
    assert len(verdict.reason) < 5_000
    assert "with everything that it had started" in verdict.reason
    (pid,) = pids.read_text().split()
    assert not is_alive(int(pid))


async def test_evidence_names_the_commit_and_the_place(scene: Scene) -> None:
    commit = await scene.commit("one", {"x.py": "1\n"})
    verifier = CheckVerifier(scene.workspaces, scene.run, protected=(), check_timeout_s=30, sandbox="none")
    verdict = await verifier.verify(commit, base=scene.base, checks=("echo hi",), name="check-one")
    (result,) = verdict.checks
    assert (result.commit, result.sandbox, result.output_bytes) == (commit, "none", 3)
    assert result.output_digest == hashlib.sha256(b"hi\n").hexdigest()


class TestHidden:
    FILES: ClassVar = {"tests/verify.sh": b". tests/values\n", "tests/values": b"echo the secret; grep 42 x.py\n"}
    COMMAND = "sh tests/verify.sh"

    def verifier(self, scene: Scene, *, told: bool = True) -> CheckVerifier:
        hidden = HiddenTests(frozenset({self.COMMAND}), self.FILES, told=told)
        return CheckVerifier(scene.workspaces, scene.run, protected=(), check_timeout_s=30, hidden=hidden)

    async def judge(self, scene: Scene, files: dict[str, str], *checks: str) -> Verdict:
        commit = await scene.commit("one", files)
        return await self.verifier(scene).verify(commit, base=scene.base, checks=checks, name="check-one")

    async def test_the_files_are_there_only_for_the_hidden_check(self, scene: Scene) -> None:
        sees_none = "test ! -e tests/verify.sh"
        verdict = await self.judge(scene, {"x.py": "42\n"}, sees_none, self.COMMAND, sees_none)
        assert verdict.accepted
        assert [result.hidden for result in verdict.checks] == [False, True, False]
        kept = [path for path in (scene.folder / "run").rglob("*") if path.is_file()]
        assert [path for path in kept if b"the secret" in path.read_bytes()] == []

    async def test_they_replace_what_the_author_put_in_their_place(self, scene: Scene) -> None:
        verdict = await self.judge(scene, {"x.py": "41\n", "tests/verify.sh": "exit 0\n"}, self.COMMAND)
        assert not verdict.accepted

    async def test_links_that_lead_two_of_them_to_one_file_are_refused(self, scene: Scene) -> None:
        workspace = await scene.workspaces.open("one", base_commit=scene.base)
        (workspace.folder / "tests").mkdir()
        (workspace.folder / "tests/same").write_text("")
        (workspace.folder / "tests/verify.sh").symlink_to("same")
        (workspace.folder / "tests/values").symlink_to("same")
        commit = await scene.intake.commit("one", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
        verdict = await self.verifier(scene).verify(commit, base=scene.base, checks=(self.COMMAND,), name="check-one")
        assert not verdict.accepted

    async def test_what_a_failure_prints_is_kept_from_the_agent(self, scene: Scene) -> None:
        verdict = await self.judge(scene, {"x.py": "41\n"}, self.COMMAND)
        assert "the secret" in verdict.checks[0].output
        assert "the secret" not in verdict.reason
        assert "tests that you cannot see" in verdict.reason

    async def test_nothing_of_it_becomes_an_object_of_the_repository(self, scene: Scene) -> None:
        await self.judge(scene, {"x.py": "42\n"}, f"{self.COMMAND}", "git add -A")
        for data in self.FILES.values():
            oid = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
            found = await scene.run.git.run("cat-file", "-e", oid, git_dir=scene.run.folder, check=False)
            assert found.exit_code != 0


@pytest.mark.parametrize(
    ("printed", "counts"),
    [
        ("=== 3 failed, 12 passed in 0.1s ===", ("3 failed", "12 passed")),
        ("Ran 5 tests\n\nFAILED (failures=2, errors=1)", ("5 tests", "failures 2", "errors 1")),
        ("assert secret == 'a b c'", ()),
    ],
)
def test_counts_are_all_that_is_told_of_hidden_output(printed: str, counts: tuple[str, ...]) -> None:
    assert counts_in(printed) == counts


class TestWeakening:
    async def touched(self, scene: Scene, files: dict[str, str], *, writes: tuple[str, ...] = ()) -> Verdict:
        base = await scene.commit("base", {"tests/test_a.py": "1\n", "pyproject.toml": "[tool.pytest]\nx = 1\n"})
        workspace = await scene.workspaces.open("two", base_commit=base)
        write_files(workspace.folder, files)
        commit = await scene.intake.commit("two", tree=await workspace.snapshot(), parent=base, message="m\n")
        checks = ("test -e tests/test_a.py::TestCase || true", "python -m unittest tests.test_b || true")
        verifier = CheckVerifier(
            scene.workspaces, scene.run, protected=(), check_timeout_s=30, read_file=scene.run.read_file
        )
        return await verifier.verify(commit, base=base, checks=checks, name="check-two", writes=writes)

    async def test_a_changed_test_that_a_check_names_is_told(self, scene: Scene) -> None:
        verdict = await self.touched(scene, {"tests/test_a.py": "2\n", "tests/test_b.py": "new\n", "x.py": "1\n"})
        assert verdict.accepted
        assert verdict.touched_tests == ("tests/test_a.py",)

    async def test_what_a_subtask_is_to_write_is_not(self, scene: Scene) -> None:
        verdict = await self.touched(scene, {"tests/test_a.py": "2\n", "conftest.py": ""}, writes=("tests",))
        assert (verdict.touched_tests, verdict.touched_settings) == ((), ("conftest.py",))

    @pytest.mark.parametrize(
        ("text", "told"), [("[tool.pytest]\nx = 2\n", True), ("[tool.pytest]\nx = 1\n[tool.x]\n", False)]
    )
    async def test_of_a_project_file_only_the_settings_of_tests_count(
        self, scene: Scene, text: str, told: bool
    ) -> None:
        verdict = await self.touched(scene, {"pyproject.toml": text})
        assert bool(verdict.touched_settings) is told

    async def test_a_task_may_have_it_refused(self, scene: Scene) -> None:
        commit = await scene.commit("one", {"src/a.py": "2\n"})
        verifier = CheckVerifier(
            scene.workspaces,
            scene.run,
            protected=(),
            check_timeout_s=30,
            protect_tests=True,
            read_file=scene.run.read_file,
        )
        verdict = await verifier.verify(commit, base=scene.base, checks=("cat src/a.py",), name="check-one")
        assert not verdict.accepted
        assert "test files were changed: src/a.py" in verdict.reason


@pytest.mark.parametrize(
    ("path", "before", "after", "changed"),
    [
        ("Makefile", "test:\n\tpytest\nrun:\n\tx\n", "test:\n\ttrue\nrun:\n\tx\n", True),
        ("Makefile", "test:\n\tpytest\nrun:\n\tx\n", "test:\n\tpytest\nrun:\n\ty\n", False),
        ("a/package.json", '{"scripts": {"test": "jest"}}', '{"scripts": {"test": "true"}}', True),
        ("package.json", '{"version": "1"}', '{"version": "2"}', False),
        ("package.json", "[]", "{", True),
        ("setup.cfg", "[tool:pytest]\na=1\n[x]\nb=1\n", "[tool:pytest]\na=2\n[x]\nb=1\n", True),
        ("setup.cfg", "[tool:pytest]\na=1\n[x]\nb=1\n", "[tool:pytest]\na=1\n[x]\nb=2\n", False),
        ("pyproject.toml", "not toml", "[tool]\n", True),
    ],
)
def test_settings_within_files(path: str, before: str, after: str, changed: bool) -> None:
    assert needs_both_texts(path)
    assert changes_settings(path, before, after) is changed


def test_settings_by_name() -> None:
    paths = ("a/conftest.py", ".github/workflows/x.yml", "src/x.py", "uv.lock", "dev/requirements-dev.txt", "go.sum")
    assert settings_by_name(paths) == tuple(path for path in paths if path != "src/x.py")


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
    commit = await scene.intake.commit("one", tree=await workspace.snapshot(), parent=scene.base, message="m\n")
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
    assert bool(PathPatterns([pattern]).among([path])) is protected


def test_the_last_pattern_decides() -> None:
    paths = PathPatterns(["tests/**", "!tests/helpers/**", "tests/helpers/secret.py"])
    assert paths.among(["tests/a.py", "tests/helpers/b.py", "tests/helpers/secret.py"]) == (
        "tests/a.py",
        "tests/helpers/secret.py",
    )


def test_an_impossible_pattern_is_named() -> None:
    with pytest.raises(UsageError, match=r"'\[z-a\]'"):
        PathPatterns(["[z-a]"])
