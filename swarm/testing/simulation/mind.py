"""What a simulated model says: it reads the conversation, does the work, and errs as often as it is told to."""

import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from swarm.core.limits import Usage
from swarm.core.messages import Message, Reply, Role, ToolCall
from swarm.testing.simulation.commands import POISON, work_file, work_line
from swarm.testing.simulation.objects import MARKERS
from swarm.testing.simulation.scenario import Temper, subtask

_SUBTASK = re.compile(r"^# Subtask: (\S+)$", re.MULTILINE)
_CHECK = re.compile(r"^    check (\S+)((?: \S+)*)$", re.MULTILINE)
_RUBRIC = re.compile(r"^The change adds '(.*)'\.$", re.MULTILINE)
_FAILED = re.compile(r"^- (\S+) \[failed\]", re.MULTILINE)
_WAITING = re.compile(r"^- (\S+) \[(?:blocked|ready|running)\]", re.MULTILINE)
_ROOM = re.compile(r"at most (\d+) subtasks")

Action = tuple[str, dict[str, object]]
"""A tool's name and its arguments."""


@dataclass(slots=True)
class Memory:
    """What a conversation says has been done.

    Attributes:
        written: the right files that were written.
        texts: what was read, by path.
        commands: commands that ended well.
        rejected: how often a hand-in was refused.
        last_wrong: whether the last file that was written is wrong.
    """

    written: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    commands: set[str] = field(default_factory=set)
    rejected: int = 0
    last_wrong: bool = False

    @classmethod
    def of(cls, messages: Sequence[Message]) -> "Memory":
        """Read a conversation."""
        memory = cls()
        calls: dict[str, ToolCall] = {}
        for message in messages:
            if message.reply is not None:
                calls = {call.id: call for call in message.reply.tool_calls}
            elif message.role is Role.TOOL and message.tool_call_id in calls:
                memory._learn(calls[message.tool_call_id], message.content)
        return memory

    def _learn(self, call: ToolCall, result: str) -> None:
        try:
            arguments = json.loads(call.arguments)
        except ValueError:
            return
        if not isinstance(arguments, dict):
            return
        if call.name == "write_file" and result.startswith("Wrote"):
            self.last_wrong = arguments["content"].startswith("wrong")
            if not self.last_wrong:
                self.written.add(arguments["path"])
        elif call.name == "read_file":
            self.texts[arguments["path"]] = result
        elif call.name == "shell" and result.startswith("exit code 0"):
            self.commands.add(arguments["command"])
            if arguments["command"] == "resolve":
                self.texts.clear()  # they are not what they were
        elif call.name == "finish":
            self.rejected += 1
            self.last_wrong = False


class Mind:
    """Answers conversations. The same chance and the same conversation give the same answer."""

    def __init__(self, temper: Temper) -> None:
        self._temper = temper

    def answer(self, role: str, messages: Sequence[Message], chance: random.Random) -> Reply:
        """Return the next reply of a planner, a judge or a worker."""
        opening = messages[1].content
        if role == "planner":
            reply = self._plan(opening, chance)
        elif role == "judge":
            reply = self._judge(opening, chance)
        else:
            reply = self._work(opening, messages, chance)
        size = sum(len(message.content) for message in messages) // 4
        said = len(reply.content) + sum(len(call.arguments) for call in reply.tool_calls)
        usage = Usage(input_tokens=size, cached_tokens=size // 2, output_tokens=20 + said // 4)
        return Reply(reply.content, "", "", reply.tool_calls, reply.finish_reason, "simulated", usage)

    # -- planning --------------------------------------------------------------------------------------------------

    def _plan(self, opening: str, chance: random.Random) -> Reply:
        if chance.random() < self._temper.cut_off:
            return Reply('{"subtasks": [{"id": "c', finish_reason="length")
        name = _found(_SUBTASK, opening)
        if "Answer with the patch" in opening:
            return self._patch(name, opening, chance)
        below = "" if name == "plan" else f"{name}."
        count = chance.randint(1, 4)
        parts = [
            subtask(
                f"c{number}",
                chance,
                below=below,
                depends_on=(f"c{chance.randrange(number)}",) if number and chance.random() < 0.5 else (),
            ).model_dump(mode="json", exclude_defaults=True)
            for number in range(count)
        ]
        if chance.random() < self._temper.bad_plan:
            return _bad_plan(parts, int(_found(_ROOM, opening)), chance)
        return Reply(json.dumps({"subtasks": parts}))

    def _patch(self, name: str, opening: str, chance: random.Random) -> Reply:
        """Have something done in place of each subtask that failed, and now and then change more than that."""
        scope, _, number = name.rpartition("replan-")
        failed = _FAILED.findall(opening)
        add, drop = [], []
        for index, identifier in enumerate(failed):
            if chance.random() < 0.8:
                stand_in = subtask(f"r{number}x{index}", chance, below=scope)
                add.append(stand_in.model_dump(mode="json", exclude_defaults=True))
                drop.append({"id": identifier, "instead": [stand_in.id]})
        drop += [{"id": each, "instead": []} for each in _WAITING.findall(opening) if chance.random() < 0.1]
        patch: dict[str, object] = {"reason": "another way", "add": add, "change": [], "drop": drop}
        if chance.random() < self._temper.bad_plan:
            patch["drop"] = [{"id": "nowhere", "instead": []}, *drop]
        return Reply(json.dumps(patch))

    # -- judging ---------------------------------------------------------------------------------------------------

    def _judge(self, opening: str, chance: random.Random) -> Reply:
        """Judge by what the change shows; say it badly now and then."""
        if chance.random() < self._temper.malformed:
            return Reply("It looks good to me.")
        wanted = _found(_RUBRIC, opening)
        if f"\n+{wanted}\n" in opening:
            return Reply(json.dumps({"verdict": "pass", "reasons": ["it is there"], "score": 9}))
        return Reply(json.dumps({"verdict": "fail", "reasons": [f"{wanted!r} is not there"], "score": 1}))

    # -- working ---------------------------------------------------------------------------------------------------

    def _work(self, opening: str, messages: Sequence[Message], chance: random.Random) -> Reply:
        odd = self._odd_reply(chance)
        if odd is not None:
            return odd
        memory = Memory.of(messages)
        actions = list(self._actions(opening, memory, chance))
        if not actions:
            actions = [("finish", {"summary": f"Did {_found(_SUBTASK, opening)}."})]
        together = 1 if chance.random() < 0.6 else 3
        same_id = chance.random() < self._temper.malformed
        return _calls(actions[:together], "call" if same_id and together == 1 else f"c{len(messages)}")

    def _odd_reply(self, chance: random.Random) -> Reply | None:
        temper = self._temper
        if chance.random() < temper.prose:
            return Reply("I would now change the file.")
        if chance.random() < temper.cut_off:
            return Reply("", tool_calls=(ToolCall("cut", "write_file", '{"path": "x'),), finish_reason="length")
        if chance.random() < temper.malformed:
            name, arguments = chance.choice(
                (("write_file", '{"path": '), ("no_such_tool", "{}"), ("read_file", "[]"), ("finish", '{"summary": 5}'))
            )
            return Reply("", tool_calls=(ToolCall(f"odd{chance.random()}", name, arguments),))
        if chance.random() < temper.gives_up:
            return _calls([("give_up", {"reason": "this cannot be done"})], f"g{chance.random()}")
        if chance.random() < temper.splits:
            return _calls([("split", {"reason": "too big", "parts": ["one", "two"]})], f"s{chance.random()}")
        return None

    def _actions(self, opening: str, memory: Memory, chance: random.Random) -> list[Action]:
        if "both sides between conflict markers" in opening and "resolve" not in memory.commands:
            return [("shell", {"command": "resolve"})]
        if memory.last_wrong:
            return []  # It believes that it is done.
        wanted = [(name, shared.split()) for name, shared in _CHECK.findall(opening)]
        if not wanted:
            wanted = [(_found(_SUBTASK, opening), [])]
        found: list[Action] = []
        for name, shared in wanted:
            found += self._write(name, memory, chance, careful="`sane`" in opening)
            for path in shared:
                found += _add_line(name, path, memory)
        if "\n    sane" in opening and "cleanse" not in memory.commands:
            found.append(("shell", {"command": "cleanse"}))
        if "\n    whole" in opening and "glue.txt" not in memory.written:
            found.append(("write_file", {"path": "glue.txt", "content": "glue\n"}))
            found.append(("shell", {"command": "resolve"}))
        return found

    def _write(self, name: str, memory: Memory, chance: random.Random, *, careful: bool) -> list[Action]:
        path = work_file(name)
        if path in memory.written:
            return []
        wrong = chance.random() < self._temper.wrong
        content = f"wrong {name}\n" if wrong else f"{work_line(name)}\n"
        if not (wrong or careful) and chance.random() < self._temper.poisons:
            content += f"{POISON.decode()}{name}\n"
        return [("write_file", {"path": path, "content": content})]


def _add_line(name: str, path: str, memory: Memory) -> list[Action]:
    if path not in memory.texts:
        return [("read_file", {"path": path})]
    command = f"append {path} {name}"
    lines = memory.texts[path].split("\n")
    if name in lines or command in memory.commands:
        return [("shell", {"command": "resolve"})] if set(lines) & {m.decode() for m in MARKERS} else []
    return [("shell", {"command": command})]


def _calls(actions: Sequence[Action], prefix: str) -> Reply:
    return Reply(
        "",
        tool_calls=tuple(
            ToolCall(f"{prefix}.{index}", name, json.dumps(arguments))
            for index, (name, arguments) in enumerate(actions)
        ),
        finish_reason="tool_calls",
    )


def _bad_plan(parts: list[dict[str, object]], room: int, chance: random.Random) -> Reply:
    kind = chance.randrange(5)
    if kind == 0:
        return Reply("First we should think about the architecture.")
    if kind == 1:
        parts[0]["depends_on"] = ["nowhere"]
    elif kind == 2:
        parts[0]["depends_on"] = [str(parts[-1]["id"])]
        parts[-1]["depends_on"] = [str(parts[0]["id"])]
    elif kind == 3:
        parts = [{"id": f"c{number}", "instruction": "x"} for number in range(room + 1)]
    else:
        parts = []
    return Reply(json.dumps({"subtasks": parts}))


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    assert found is not None, f"the prompt does not hold {pattern.pattern!r}"
    return found[1]
