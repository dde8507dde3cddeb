"""Many attempts on one branch, with real git, against a model: what was merged is there, and nothing else."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.many_merges import SLOTS, Change, commit_all, integrate, lost, shared_lines, text
from tests.workspace.sources import new_scene

SHARED = 3

CHANGES = st.lists(st.tuples(st.integers(0, SHARED - 1), st.integers(0, SLOTS - 1)), min_size=1, max_size=12).map(
    lambda places: [Change(number, file, slot) for number, (file, slot) in enumerate(places)]
)


@settings(max_examples=5, deadline=None)
@given(changes=CHANGES, data=st.data())
async def test_no_change_is_lost_and_none_appears(changes: list[Change], data: st.DataObject) -> None:
    order = data.draw(st.permutations(changes))
    taken_out = data.draw(st.sets(st.integers(0, len(changes) - 1), max_size=3))
    with tempfile.TemporaryDirectory() as folder:
        files = {f"shared/file{file}.py": text(shared_lines(file)) for file in range(SHARED)}
        scene = await new_scene(Path(folder), files)
        commits = await commit_all(scene.run.git, scene.run.folder, base=scene.base, changes=changes)
        model = await integrate(scene.run, order, commits, taken_out)
        assert await lost(scene.run, model, SHARED, changes) == []


async def test_a_lost_change_is_found(tmp_path: Path) -> None:
    files = {f"shared/file{file}.py": text(shared_lines(file)) for file in range(SHARED)}
    scene = await new_scene(tmp_path, files)
    changes = [Change(0, 0, 0), Change(1, 0, 1)]
    commits = await commit_all(scene.run.git, scene.run.folder, base=scene.base, changes=changes)
    model = await integrate(scene.run, changes, commits)
    await scene.run.take_out(await scene.run.head(), head=await scene.run.head(), message="behind its back\n")
    assert await lost(scene.run, model, SHARED, changes) == ["own/0/file1.py", "shared/file0.py"]
