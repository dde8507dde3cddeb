"""The main job end to end: real HTTP, git, SQLite and processes; only the model is simulated."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import pytest

from swarm import Endpoint, Limits, Swarm, Task, tool
from swarm.core.branch_facts import ChangeRemoved
from swarm.core.events import (
    AttemptEnded,
    AttemptOutcome,
    AttemptStarted,
    IntegrationConflicted,
    ModelReplied,
    PauseReason,
    Recorded,
    RunEnded,
    RunOutcome,
    VerdictGiven,
)
from swarm.core.plan import Plan, Subtask
from swarm.core.views import RunView
from swarm.errors import RunOwned, UsageError
from swarm.testing.endpoint import Answer, Fault, Scenario, ScriptedCall, SimulatedEndpoint, Speed, step
from tests.integration.projects import (
    WRITE_IT,
    branch_files,
    environment,
    file_plan,
    file_scenario,
    git,
    kill_after_events,
    make_repository,
    recorded_replies,
    run_swarm,
    swarm_command,
)


def endpoint_of(simulated: SimulatedEndpoint) -> Endpoint:
    return Endpoint(simulated.base_url, model="m")


async def test_a_goal_becomes_a_plan_becomes_a_verified_branch(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(12, layer=4)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="Write the files", repository=str(repository), checks=("cat f*.txt",))
        run = await swarm.submit(task)
        seen = [recorded async for recorded in run.events()]
        result = await run.result()
    assert result.done
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.DONE
    files = branch_files(repository, result.branch)
    assert {name for name in files if name != "README.md"} == {f"f{number}.txt" for number in range(12)}
    assert git("rev-parse", result.branch, cwd=repository) == result.head
    # the user's own branch and files are untouched
    assert git("status", "--porcelain", cwd=repository) == ""
    assert not (repository / "f0.txt").exists()
    # events come in order and end with the run's end
    assert [recorded.seq for recorded in seen] == list(range(1, len(seen) + 1))
    assert isinstance(seen[-1].event, RunEnded)
    # every commit leads back to its attempt
    assert "Swarm-Attempt: s3@1" in git("log", result.branch, cwd=repository)


async def test_wrong_work_is_sent_back_and_repaired_in_the_same_attempt(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    wrong = (
        step("write_file", path="{file}", content="wrong\n"),
        step("finish", summary="It is done, believe me."),
        *WRITE_IT[1:],
    )
    scenario = file_scenario(file_plan(2), Answer(subtask="s1", steps=list(wrong)))
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=file_plan(2))
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.done
    verdicts = [
        event.verdict.accepted for event in events if isinstance(event, VerdictGiven) and event.attempt_id == "s1@1"
    ]
    assert verdicts == [False, True]
    assert branch_files(repository, result.branch)["f1.txt"] == "done"


async def test_an_agents_word_alone_is_never_enough(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    liar = Answer(subtask="s0", steps=[step("finish", summary="All done, all tests pass.")])
    limits = Limits(max_attempts=2, max_handins=2)
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2), liar)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=limits)
        result = await (await swarm.submit(task, plan=file_plan(2))).result()
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    assert "f0.txt" not in branch_files(repository, result.branch)
    assert "f1.txt" in branch_files(repository, result.branch)


async def test_conflicting_work_goes_back_with_both_sides_and_loses_nothing(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository", {"list.txt": "start\n"})
    plan = Plan(subtasks=tuple(Subtask(id=name, instruction="add your line to list.txt") for name in ("one", "two")))

    def adds(name: str) -> list[Answer]:
        resolve = "printf 'start\\none\\ntwo\\n' > list.txt"
        return [
            Answer(
                subtask=name,
                attempt=1,
                steps=[
                    step("write_file", path="list.txt", content=f"start\n{name}\n"),
                    step("finish", summary="added"),
                ],
            ),
            Answer(
                subtask=name,
                steps=[
                    step("read_file", path="list.txt"),
                    step("shell", command=resolve),
                    step("finish", summary="ok"),
                ],
            ),
        ]

    scenario = Scenario(models=["m"], speed=Speed(first_token_ms=(1, 2)), answers=[*adds("one"), *adds("two")])
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        async with simulated.hold("*") as hold:  # both start from the same commit
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
            await hold.reached(2)
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    conflicts = [event for event in events if isinstance(event, IntegrationConflicted)]
    assert len(conflicts) == 1
    assert conflicts[0].paths == ("list.txt",)
    again = [event for event in events if isinstance(event, AttemptStarted) and event.number == 2]
    assert again[0].tree == conflicts[0].tree
    assert branch_files(repository, result.branch)["list.txt"] == "start\none\ntwo"
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.UNVERIFIED  # nothing checked anything, and the run says so


async def test_failing_run_checks_get_a_repair_subtask(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    repair = Answer(
        subtask="repair-1", steps=[step("write_file", path="all.txt", content="ok\n"), step("finish", summary="mended")]
    )
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2), repair)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), checks=("test -f all.txt",))
        result = await (await swarm.submit(task, plan=file_plan(2))).result()
    assert result.done
    assert "all.txt" in branch_files(repository, result.branch)


async def test_a_merge_that_breaks_a_check_is_found_taken_out_and_done_again(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(10)
    careless = [
        step("write_file", path="f4.txt", content="done\n"),
        step("write_file", path="spoiled.txt", content="x\n"),
        step("finish", summary="done"),
    ]
    spoiling = Answer(subtask="s4", attempt=1, steps=careless)
    sound = "test ! -e spoiled.txt"
    async with (
        SimulatedEndpoint(file_scenario(plan, spoiling)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        limits = Limits(check_every=3, workers=2)
        task = Task(instruction="x", repository=str(repository), checks=(sound, "cat f9.txt"), limits=limits)
        run = await swarm.submit(task, plan=plan)
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.done
    removed = [event for event in events if isinstance(event, ChangeRemoved)]
    assert [event.attempt_id for event in removed] == ["s4@1"]
    files = branch_files(repository, result.branch)
    assert "spoiled.txt" not in files
    assert {f"f{number}.txt" for number in range(10)} <= set(files)
    again = [event for event in events if isinstance(event, AttemptStarted) and event.attempt_id == "s4@2"]
    assert sound in again[0].feedback
    assert "Swarm-Attempt: s4@1" in git("log", "--format=%B", "--grep=out again", result.branch, cwd=repository)


async def test_protected_paths_cannot_be_changed_to_pass(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository", {"tests/check.sh": "exit 1\n"})
    plan = Plan(subtasks=(Subtask(id="a", instruction="make the tests pass", checks=("sh tests/check.sh",)),))
    cheat = [step("write_file", path="tests/check.sh", content="exit 0\n"), step("finish", summary="tests pass now")]
    scenario = Scenario(models=["m"], answers=[Answer(subtask="a", steps=cheat)], speed=Speed(first_token_ms=(1, 2)))
    async with (
        SimulatedEndpoint(scenario) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        limits = Limits(max_attempts=1, max_handins=1)
        task = Task(instruction="x", repository=str(repository), protected=("tests/**",), limits=limits)
        run = await swarm.submit(task, plan=plan)
        events = [recorded.event async for recorded in run.events()]
        result = await run.result()
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    verdict = next(event.verdict for event in events if isinstance(event, VerdictGiven))
    assert "tests/check.sh" in verdict.reason
    assert not verdict.checks  # nothing ran


async def test_f01_a_storm_of_rate_limits_costs_no_attempt(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(10)
    storm = Fault(kind="rate_limit", share=0.5, retry_after_s=0.05)
    async with (
        SimulatedEndpoint(file_scenario(plan, faults=[storm])) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        result = await run.result()
    assert result.done
    assert all(len(subtask.attempts) == 1 for subtask in result.view.subtasks.values())
    assert any(call.status == 429 for call in simulated.ledger.calls)


async def test_f38_a_refused_key_pauses_the_run_and_a_resume_goes_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(6)
    home = tmp_path / "home"
    async with SimulatedEndpoint(file_scenario(plan), api_key="right") as simulated:
        async with Swarm(Endpoint(simulated.base_url, "wrong", "m"), home=home, sandbox="none") as swarm:
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
            result = await run.result()
        assert result.paused is not None
        assert result.paused.reason is PauseReason.ENDPOINT
        assert result.paused.code == "access_denied"
        assert "wrong" not in result.paused.message
        async with Swarm(Endpoint(simulated.base_url, "right", "m"), home=home, sandbox="none") as swarm:
            result = await (await swarm.resume(run.id)).result()
    assert result.done
    assert all(len(subtask.attempts) == 1 for subtask in result.view.subtasks.values())


async def test_a_limit_pauses_and_a_higher_one_goes_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(8, layer=2)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository), limits=Limits(max_calls=9))
        first = await (await swarm.submit(task, plan=plan, run_id="limited")).result()
        assert first.paused is not None
        assert first.paused.reason is PauseReason.LIMIT
        calls = len(simulated.ledger.calls)

        def more(old: Task) -> Task:
            return old.model_copy(update={"limits": Limits(max_calls=1_000)})

        second = await (await swarm.resume("limited", change_task=more)).result()
    assert second.done
    assert simulated.ledger.delivered_twice() == []
    assert len(simulated.ledger.calls) > calls


async def test_pausing_keeps_everything_and_resuming_buys_nothing_again(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(10, layer=5)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        async for recorded in run.events():
            if isinstance(recorded.event, ModelReplied) and recorded.event.step == 2:
                break
        paused = await run.pause()
        assert paused.paused is not None
        result = await (await swarm.resume(run.id)).result()
    assert result.done
    assert simulated.ledger.delivered_twice() == []


async def test_a_tool_of_the_users_own(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    asked: list[str] = []

    @tool
    async def look_up(word: str) -> str:
        """Look a word up in the glossary.

        Args:
            word: the word.
        """
        asked.append(word)
        return f"{word} means done"

    plan = file_plan(1)
    answer = Answer(subtask="s0", steps=[step("look_up", word="ready"), *WRITE_IT])
    async with (
        SimulatedEndpoint(file_scenario(plan, answer)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none", tools=[look_up]) as swarm,
    ):
        result = await (await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)).result()
    assert result.done
    assert asked == ["ready"]


async def test_two_drivers_of_one_run_are_refused(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(2)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        simulated.hold("*") as hold,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as first,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as second,
    ):
        run = await first.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        await hold.reached(2)
        with pytest.raises(UsageError):
            await first.resume(run.id)
        with pytest.raises(RunOwned):
            await (await second.resume(run.id)).result()
        hold.release()
        assert (await run.result()).done


async def test_an_ended_run_is_not_resumed(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    async with (
        SimulatedEndpoint(file_scenario(file_plan(1))) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=file_plan(1))
        await run.result()
        with pytest.raises(UsageError, match="ended already"):
            await (await swarm.resume(run.id)).result()


@pytest.mark.parametrize("events", [20, 60, 110, 170, 230])
async def test_kill_nine_anywhere_then_resume_buys_nothing_twice(tmp_path: Path, events: int) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(12, layer=6)
    journal = home / "runs" / "r" / "journal.db"
    common = ("--display", "none", "--sandbox", "none")
    async with SimulatedEndpoint(file_scenario(plan, speed=Speed(first_token_ms=(10, 40)))) as simulated:
        arguments = ("--base-url", simulated.base_url, "--model", "m", "--run-id", "r", "--check", "cat f*.txt")
        process = subprocess.Popen(
            swarm_command("run", "Write files", "--repo", str(repository), *arguments, *common),
            env=environment(home),
            text=True,
            stderr=subprocess.DEVNULL,
        )
        killed = await asyncio.to_thread(kill_after_events, process, journal, events)
        assert killed, "the run ended before it could be killed"
        recorded = recorded_replies(journal)
        # what was in flight ends at the endpoint, too
        await simulated.ledger.wait_until(lambda ledger: ledger.in_flight == 0)
        before = len(simulated.ledger.calls)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", *common, home=home)
    assert resumed.returncode == 0, resumed.stderr
    again = {(f"{call.subtask}@{call.attempt}", call.step + 1) for call in simulated.ledger.calls[before:]}
    assert not again & recorded
    files = branch_files(repository, "swarm/r")
    assert {name: text for name, text in files.items() if name != "README.md"} == {
        f"f{number}.txt": "done" for number in range(12)
    }


async def test_sigterm_stops_at_a_durable_point_and_says_how_to_go_on(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(6)
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        async with simulated.hold("*", at="middle") as hold:
            process = await asyncio.create_subprocess_exec(
                *swarm_command("run", "Write", "--repo", str(repository), "--display", "plain", "--sandbox", "none"),
                *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r"),
                env=environment(home),
                stderr=asyncio.subprocess.PIPE,
            )
            await hold.reached(1)
            os.kill(process.pid, signal.SIGTERM)
        _, errors = await process.communicate()
        assert process.returncode == 143
        assert "swarm resume r" in errors.decode()
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=home)
        assert resumed.returncode == 0, resumed.stderr
    assert simulated.ledger.delivered_twice() == []


async def test_attempts_in_flight_at_a_kill_are_the_same_attempts_afterwards(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(4)
    async with (
        SimulatedEndpoint(file_scenario(plan)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        await run.pause()
        run = await swarm.resume(run.id)
        events = [recorded.event async for recorded in run.events()]
        assert (await run.result()).done
    ended = [event for event in events if isinstance(event, AttemptEnded)]
    assert sorted(event.attempt_id for event in ended) == [f"s{number}@1" for number in range(4)]
    assert all(event.outcome is AttemptOutcome.INTEGRATED for event in ended)


async def test_a_closed_terminal_does_not_end_a_run(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(6)
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        async with simulated.hold("*", at="start") as hold:
            controller, terminal = os.openpty()
            process = await asyncio.create_subprocess_exec(
                *swarm_command("run", "Write", "--repo", str(repository), "--display", "full", "--sandbox", "none"),
                *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r"),
                env=environment(home),
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )
            os.close(terminal)
            await hold.reached(1)
            os.close(controller)
            process.send_signal(signal.SIGHUP)
        assert await process.wait() == 0
    assert "f5.txt" in branch_files(repository, "swarm/r")


async def test_leaving_before_the_run_is_open_stops_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    plan = file_plan(4)
    async with SimulatedEndpoint(file_scenario(plan)) as simulated, simulated.hold("*"):
        async with Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm:
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=plan)
        result = await run.result()
    assert result.paused is not None
    assert result.paused.reason is PauseReason.REQUESTED


async def test_an_observer_that_breaks_stops_nothing(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    told: list[int] = []

    def broken(recorded: Recorded, _: RunView) -> None:
        told.append(recorded.seq)
        raise RuntimeError("the observer's own bug")

    async with (
        SimulatedEndpoint(file_scenario(file_plan(2))) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        task = Task(instruction="x", repository=str(repository))
        result = await (await swarm.submit(task, plan=file_plan(2), observer=broken)).result()
    assert result.done
    assert len(told) == 1


async def test_cancelling_the_run_from_python(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    async with (
        SimulatedEndpoint(file_scenario(file_plan(3))) as simulated,
        simulated.hold("*") as hold,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=file_plan(3))
        await hold.reached(3)
        await run.cancel()
        result = await run.result()
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.CANCELLED


async def test_a_second_signal_stops_at_once(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(1)
    stubborn = Answer(subtask="s0", steps=[step("shell", command="trap '' TERM; touch started; sleep 60")])
    async with SimulatedEndpoint(file_scenario(plan, stubborn)) as simulated:
        process = await asyncio.create_subprocess_exec(
            *swarm_command("run", "Write", "--repo", str(repository), "--display", "none", "--sandbox", "none"),
            *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r"),
            env=environment(home),
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stderr is not None
        started = home / "runs" / "r" / "attempts" / "s0%401" / "work" / "started"
        while not started.exists():
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        while b"second signal" not in await process.stderr.readline():
            pass
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(8):  # a drain alone would take ten seconds
            assert await process.wait() == 143


async def test_a_reader_of_json_lines_that_goes_away_does_not_end_the_run(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    home, plan = tmp_path / "home", file_plan(4)
    async with SimulatedEndpoint(file_scenario(plan)) as simulated:
        reading, writing = os.pipe()
        process = await asyncio.create_subprocess_exec(
            *swarm_command("run", "Write", "--repo", str(repository), "--display", "none", "--sandbox", "none"),
            *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r", "--json"),
            env=environment(home),
            stdout=writing,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(writing)
        os.close(reading)
        _, errors = await process.communicate()
    assert process.returncode == 0, errors
    assert b"bug" not in errors


async def test_a_runaway_reply_fails_the_attempt_and_not_the_run(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    many = step(calls=[ScriptedCall(tool="list_files") for _ in range(100)])
    runaway = Answer(subtask="s0", attempt=1, steps=[many])
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2), runaway)) as simulated,
        Swarm(endpoint_of(simulated), home=tmp_path / "home", sandbox="none") as swarm,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)), plan=file_plan(2))
        result = await run.result()
    assert result.done
    assert [attempt.outcome for attempt in result.view.subtasks["s0"].attempts] == [
        AttemptOutcome.FAILED,
        AttemptOutcome.INTEGRATED,
    ]
