"""Pause, cancel and tell from another process: exact, once, and safe whatever lies in the mailbox."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from swarm import Endpoint, Run, Swarm, Task
from swarm.control import wait_until_still
from swarm.conversation import PromptDigest
from swarm.core.events import (
    AttemptStarted,
    Event,
    ModelCalled,
    ModelDelayed,
    NoteRecorded,
    PauseReason,
    RunEnded,
    RunOutcome,
    RunPaused,
    SubtaskEnded,
    SubtaskOutcome,
)
from swarm.core.messages import Role
from swarm.core.requests import MAX_TOLD, TEXT_LIMIT, Request
from swarm.core.steering import AgentTold, CancelRequested, PauseRequested, TellRequested
from swarm.core.transcript import Transcript
from swarm.errors import UsageError
from swarm.journal.mailbox import Mailbox
from swarm.journal.reader import JournalReader
from swarm.journal.sqlite import SqliteJournal
from swarm.journal.store import RunFolder
from swarm.testing.endpoint import Answer, SimulatedEndpoint, step
from swarm.testing.endpoint.holds import Hold
from tests.control.test_mailbox import hostile
from tests.integration.projects import (
    environment,
    file_plan,
    file_scenario,
    make_repository,
    run_swarm,
    swarm_command,
)


def recorded_in(folder: RunFolder) -> list[Event]:
    with JournalReader(folder.journal) as reader:
        return [recorded.event for recorded in reader.events()]


async def from_elsewhere(home: Path, *arguments: str) -> tuple[int, str]:
    """Run a command in a process of its own; return its exit code and what it said."""
    result = await asyncio.to_thread(run_swarm, *arguments, home=home)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.returncode, result.stderr


@asynccontextmanager
async def driven(
    tmp_path: Path, simulated: SimulatedEndpoint, *, count: int = 3, layer: int = 0
) -> AsyncIterator[tuple[Swarm, Run]]:
    repository = make_repository(tmp_path / "repository")
    async with Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm:
        task = Task(instruction="Write the files", repository=str(repository))
        yield swarm, await swarm.submit(task, plan=file_plan(count, layer=layer), run_id="r")


async def test_a_pause_from_elsewhere_is_recorded_once_and_a_resume_goes_on(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(file_plan(3))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated) as (_, run):
            await hold.reached(1)
            asked = asyncio.create_task(from_elsewhere(tmp_path / "home", "pause", "r"))
            async for recorded in run.events():
                if isinstance(recorded.event, PauseRequested):
                    hold.release()
            code, said = await asked
            result = await run.result()
        assert (code, "`swarm resume r`" in said) == (0, True)
        assert result.paused is not None
        assert result.paused.message == "paused by a person"
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=tmp_path / "home")
    assert resumed.returncode == 0, resumed.stderr
    events = recorded_in(run.folder)
    assert len([event for event in events if isinstance(event, PauseRequested)]) == 1
    assert len([event for event in events if isinstance(event, RunPaused)]) == 1
    assert list(run.folder.mailbox.iterdir()) == []


async def test_a_pause_that_nobody_took_does_not_stop_the_next_driver(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(file_plan(2))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated, count=2) as (_, run):
            await come_to_a_stop(run, hold)
        code, said = await from_elsewhere(tmp_path / "home", "pause", "r")
        assert (code, "stands still already" in said) == (2, True)
        Mailbox(run.folder.mailbox).post(Request(kind="pause"))
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=tmp_path / "home")
    assert resumed.returncode == 0, resumed.stderr
    assert any("nobody drove the run" in event.text for event in notes(run.folder))
    assert list(run.folder.mailbox.iterdir()) == []


async def come_to_a_stop(run: Run, hold: Hold) -> None:
    """Pause a run whose calls are held, without the ten seconds that they may take."""
    opened = await run._opened()
    assert run.ask_to_pause(PauseReason.REQUESTED, "for the test")
    while not opened.session.draining:
        await asyncio.sleep(0.01)
    hold.release()
    assert (await run.result()).paused is not None


def notes(folder: RunFolder) -> list[NoteRecorded]:
    return [event for event in recorded_in(folder) if isinstance(event, NoteRecorded)]


async def test_a_cancelled_subtask_is_gone_with_its_processes_within_a_second(tmp_path: Path) -> None:
    stubborn = Answer(
        subtask="s0", steps=[step("shell", command="trap '' TERM; echo $$ > pid; while :; do sleep 1; done")]
    )
    async with (
        SimulatedEndpoint(file_scenario(file_plan(4, layer=2), stubborn)) as simulated,
        driven(tmp_path, simulated, count=4, layer=2) as (_, run),
    ):
        file = run.folder.attempts / "s0%401" / "work" / "pid"
        while not (file.exists() and file.read_text().strip()):
            await asyncio.sleep(0.02)
        pid = int(file.read_text())
        code, said = await from_elsewhere(tmp_path / "home", "cancel", "r", "s0")
        assert (code, "'s0' of run r is cancelled" in said) == (0, True)
        async with asyncio.timeout(1):
            while Path(f"/proc/{pid}").exists():
                await asyncio.sleep(0.01)
        result = await run.result()
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.FAILED
    outcomes = {event.subtask_id: event.outcome for event in recorded_in(run.folder) if isinstance(event, SubtaskEnded)}
    assert outcomes == {
        "s0": SubtaskOutcome.CANCELLED,
        "s1": SubtaskOutcome.DONE,
        "s2": SubtaskOutcome.SKIPPED,
        "s3": SubtaskOutcome.DONE,
    }


async def test_cancelling_a_run_that_is_driven_ends_it(tmp_path: Path) -> None:
    async with SimulatedEndpoint(file_scenario(file_plan(3))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated) as (_, run):
            await hold.reached(1)
            code, said = await from_elsewhere(tmp_path / "home", "cancel", "r")
            result = await run.result()
        again, _ = await from_elsewhere(tmp_path / "home", "cancel", "r")
    assert (code, "run r is cancelled" in said, again) == (0, True, 2)
    assert result.ended is not None
    assert result.ended.outcome is RunOutcome.CANCELLED


async def test_what_nobody_drives_is_cancelled_at_once_and_stays_dead(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with SimulatedEndpoint(file_scenario(file_plan(3))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated) as (_, run):
            await hold.reached(1)
            await come_to_a_stop(run, hold)
        code, _ = await from_elsewhere(home, "cancel", "r", "s1")
        assert code == 0
        assert [event.subtask_id for event in recorded_in(run.folder) if isinstance(event, CancelRequested)] == ["s1"]
        started = sum(isinstance(event, AttemptStarted) for event in recorded_in(run.folder))
        assert started == 3  # cancelling starts nothing
        unknown, said = await from_elsewhere(home, "cancel", "r", "nothing-like-it")
        assert (unknown, "no such subtask" in said) == (2, True)
        twice, said = await from_elsewhere(home, "cancel", "r", "s1")
        assert (twice, "cancelled already" in said) == (2, True)
        calls = len(simulated.ledger.calls)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=home)
    assert resumed.returncode == 1
    assert "s1" not in {call.subtask for call in simulated.ledger.calls[calls:]}
    outcomes = {event.subtask_id: event.outcome for event in recorded_in(run.folder) if isinstance(event, SubtaskEnded)}
    assert outcomes["s1"] is SubtaskOutcome.CANCELLED
    assert outcomes["s0"] is outcomes["s2"] is SubtaskOutcome.DONE


async def test_a_run_that_nobody_drives_is_cancelled_without_its_repository(tmp_path: Path) -> None:
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2))) as simulated,
        simulated.hold("*") as hold,
        driven(tmp_path, simulated, count=2) as (_, run),
    ):
        await come_to_a_stop(run, hold)
    (tmp_path / "repository").rename(tmp_path / "elsewhere")
    code, _ = await from_elsewhere(tmp_path / "home", "cancel", "r")
    assert code == 0
    last = recorded_in(run.folder)[-1]
    assert isinstance(last, RunEnded)
    assert last.outcome is RunOutcome.CANCELLED


async def test_an_agent_hears_what_it_is_told_before_its_next_step(tmp_path: Path) -> None:
    home, words = tmp_path / "home", "Write it in French.\nAnd \x1b[2J briefly."
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2))) as simulated,
        simulated.hold("s0") as hold,
        driven(tmp_path, simulated, count=2) as (_, run),
    ):
        await hold.reached(1)
        code, said = await from_elsewhere(home, "tell", "r", "s0", words)
        assert (code, "before the next step" in said) == (0, True)
        hold.release()
        assert (await run.result()).done
    events = recorded_in(run.folder)
    told = [event for event in events if isinstance(event, AgentTold)]
    assert [(event.attempt_id, event.step) for event in told] == [("s0@1", 1)]  # the call on its way was not cut off
    transcript, digests = Transcript(), []
    for event in (event for event in events if getattr(event, "attempt_id", "") == "s0@1"):
        if isinstance(event, ModelCalled):
            digests.append((event.digest, PromptDigest().of(transcript.messages)))
        transcript.apply(event)
    assert all(sent == folded for sent, folded in digests)
    (message,) = [message for message in transcript.messages if message.role is Role.USER and words in message.content]
    assert "person in charge" in message.content
    shown = await asyncio.to_thread(run_swarm, "show", "r", "s0", home=home)
    assert "said by a person: Write it in French." in shown.stdout
    assert "told:" in shown.stdout
    assert "\x1b" not in shown.stdout


async def test_what_is_said_to_all_reaches_planners_and_agents_to_come(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    scenario = file_scenario(file_plan(2))
    async with SimulatedEndpoint(scenario) as simulated:
        async with (
            Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
            simulated.hold("plan") as hold,
        ):
            run = await swarm.submit(Task(instruction="x", repository=str(repository)), run_id="r")
            await hold.reached(1)
            await run.tell("Mind the licence headers.")
            await run.tell("And the tests.")
            with pytest.raises(UsageError, match="no subtask"):
                await run.tell("x", "nowhere")
            with pytest.raises(UsageError, match="cannot be told"):
                await run.tell("x" * (TEXT_LIMIT + 1))
            await come_to_a_stop(run, hold)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=tmp_path / "home")
    assert resumed.returncode == 0, resumed.stderr
    events = recorded_in(run.folder)
    told = [event.attempt_id for event in events if isinstance(event, AgentTold)]
    # The planner's only call was cut off and made again just as it was; everybody after it hears both messages once.
    assert sorted(told) == ["s0@1", "s0@1", "s1@1", "s1@1"]
    transcript = Transcript.of(event for event in events if getattr(event, "attempt_id", "") == "s0@1")
    opening = [message for message in transcript.messages if message.role is Role.USER]
    assert len(opening) == 1  # no two messages of one role in a row
    assert "Mind the licence headers." in opening[0].content
    assert opening[0].content.endswith("And the tests.")


async def test_a_planner_whose_plan_is_refused_hears_it(tmp_path: Path) -> None:
    repository = make_repository(tmp_path / "repository")
    prose = Answer(subtask="plan", steps=[step(text="First I look around."), step(plan="plan.json")])
    async with (
        SimulatedEndpoint(file_scenario(file_plan(1), prose)) as simulated,
        Swarm(Endpoint(simulated.base_url, model="m"), home=tmp_path / "home", sandbox="none") as swarm,
        simulated.hold("plan") as hold,
    ):
        run = await swarm.submit(Task(instruction="x", repository=str(repository)))
        await hold.reached(1)
        await run.tell("Plan one file only.", "plan")
        async for recorded in run.events():
            if isinstance(recorded.event, TellRequested):
                hold.release()
        assert (await run.result()).done
    assert [event.attempt_id for event in recorded_in(run.folder) if isinstance(event, AgentTold)] == ["plan@1"]


async def test_a_message_for_a_run_that_nobody_drives_waits(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with SimulatedEndpoint(file_scenario(file_plan(2))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated, count=2) as (_, run):
            await come_to_a_stop(run, hold)
        refused, said = await from_elsewhere(home, "tell", "r", "nowhere", "x")
        assert (refused, "no such subtask" in said) == (2, True)
        code, said = await from_elsewhere(home, "tell", "r", "s1", "Be brief.")
        assert (code, "nobody drives" in said) == (0, True)
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=home)
    assert resumed.returncode == 0, resumed.stderr
    assert [event.attempt_id for event in recorded_in(run.folder) if isinstance(event, AgentTold)] == ["s1@1"]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home whose run ``r`` has ended."""
    folder = tmp_path_factory.mktemp("ended")

    async def drive() -> None:
        async with (
            SimulatedEndpoint(file_scenario(file_plan(1))) as simulated,
            driven(folder, simulated, count=1) as (_, run),
        ):
            assert (await run.result()).done

    asyncio.run(drive())
    return folder / "home"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tell", "r", ""), "1 to 4,000 characters"),
        (("tell", "r", "x" * 4_001), "1 to 4,000 characters"),
        (("tell", "r", "write", "it", "well"), "quotes"),
        (("tell", "r", "x"), "has ended already"),
        (("pause", "r"), "has ended already"),
        (("cancel", "r"), "has ended already"),
        (("cancel", "r", "s" * 300), "has ended already"),
        (("pause", "unknown"), "there is no run"),
    ],
)
async def test_bad_requests_get_one_clear_error(ended: Path, arguments: tuple[str, ...], words: str) -> None:
    code, said = await from_elsewhere(ended, *arguments)
    assert (code, words in said) == (2, True), said


async def test_a_run_that_ended_stands_still_whatever_was_recorded_after_it(ended: Path) -> None:
    folder = RunFolder(ended / "runs/r")
    journal = SqliteJournal.open(folder.journal)
    await journal.append(ModelDelayed("s0@1", 1, "endpoint_unavailable", "gone", 1.0))  # of an agent being cancelled
    await journal.close()
    assert isinstance(wait_until_still(folder, timeout_s=1.0), RunEnded)


async def test_hostile_files_in_the_mailbox_are_noted_and_the_run_goes_on(tmp_path: Path) -> None:
    async with (
        SimulatedEndpoint(file_scenario(file_plan(2))) as simulated,
        simulated.hold("*") as hold,
        driven(tmp_path, simulated, count=2) as (_, run),
    ):
        await hold.reached(1)
        run.folder.mailbox.mkdir()
        hostile(run.folder.mailbox)
        (run.folder.mailbox / "folder" / "within").mkdir()
        for _ in range(MAX_TOLD + 1):
            Mailbox(run.folder.mailbox).post(Request(kind="tell", text="x"))
        Mailbox(run.folder.mailbox).post(Request(kind="cancel", subtask_id="nowhere"))
        while len(notes(run.folder)) < 18:
            await asyncio.sleep(0.02)
        hold.release()
        assert (await run.result()).done
    texts = [note.text for note in notes(run.folder)]
    assert len([text for text in texts if "cannot be read" in text]) == 16
    assert len([text for text in texts if "has taken 64 messages" in text]) == 1
    assert [path.name for path in run.folder.mailbox.iterdir()] == ["folder"]


async def test_a_request_that_is_recorded_is_not_carried_out_again_after_a_crash(tmp_path: Path) -> None:
    """The process died after the commit and before the request was removed."""
    async with SimulatedEndpoint(file_scenario(file_plan(2))) as simulated:
        async with simulated.hold("*") as hold, driven(tmp_path, simulated, count=2) as (_, run):
            await come_to_a_stop(run, hold)
        mailbox = Mailbox(run.folder.mailbox)
        request_id = mailbox.post(Request(kind="tell", subtask_id="s0", text="Be brief."))
        journal = SqliteJournal.open(run.folder.journal)
        await journal.append(TellRequested("Be brief.", request_id, "s0"))
        await journal.close()
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=tmp_path / "home")
    assert resumed.returncode == 0, resumed.stderr
    events = recorded_in(run.folder)
    assert len([event for event in events if isinstance(event, TellRequested)]) == 1
    assert len([event for event in events if isinstance(event, AgentTold)]) == 1
    assert mailbox.names() == []


async def test_requests_survive_the_death_of_the_driver(tmp_path: Path) -> None:
    home = tmp_path / "home"
    repository = make_repository(tmp_path / "repository")
    async with SimulatedEndpoint(file_scenario(file_plan(3))) as simulated:
        async with simulated.hold("*") as hold:
            process = await asyncio.create_subprocess_exec(
                *swarm_command("run", "x", "--repo", str(repository), "--display", "none", "--sandbox", "none"),
                *("--base-url", simulated.base_url, "--model", "m", "--run-id", "r"),
                env=environment(home),
            )
            await hold.reached(1)
            process.send_signal(signal.SIGSTOP)
            code, said = await asyncio.to_thread(stopped_driver, home)
            assert (code, "has not taken the message yet" in said) == (0, True)
            process.send_signal(signal.SIGKILL)
            await process.wait()
        resumed = await asyncio.to_thread(run_swarm, "resume", "r", "--display", "none", home=home)
    assert resumed.returncode == 0, resumed.stderr
    folder = RunFolder(home / "runs" / "r")
    assert {event.attempt_id for event in recorded_in(folder) if isinstance(event, AgentTold)} == {
        "s0@1",
        "s1@1",
        "s2@1",
    }


def stopped_driver(home: Path) -> tuple[int, str]:
    result = run_swarm("tell", "r", "Be brief.", home=home)
    return result.returncode, result.stderr
