"""Many paths in few lines."""

from hypothesis import given
from hypothesis import strategies as st

from swarm.tools.listing import render_listing


def test_few_files_are_all_shown_sorted() -> None:
    assert render_listing(["src/b.py", "README", "src/a.py"], most_lines=10) == "README\nsrc/a.py\nsrc/b.py"
    assert render_listing([], most_lines=10) == "(no files)"


def test_large_folders_are_shown_closed() -> None:
    paths = ["README", *(f"vendor/{number}" for number in range(100)), "src/a.py", "src/x/b.py"]
    assert render_listing(paths, most_lines=5) == "README\nsrc/a.py\nsrc/x/b.py\nvendor/ (100 files)"


def test_one_folder_alone_is_always_opened() -> None:
    lines = render_listing((f"big/{number:03}" for number in range(100)), most_lines=10).splitlines()
    assert lines[0] == "big/000"
    assert lines[-1] == "... and 90 more: name a folder, or search."
    assert len(lines) == 11


def test_odd_names_stay_on_their_line() -> None:
    assert render_listing(["a\nb", "\x1b[2J"], most_lines=5) == "\\x1b[2J\na\\nb"


@given(st.sets(st.from_regex(r"[a-c](/[a-c]{1,2}){0,4}\.x", fullmatch=True)), st.integers(1, 20))
def test_never_more_lines_than_allowed_and_every_file_accounted_for(paths: set[str], most: int) -> None:
    lines = render_listing(paths, most_lines=most).splitlines()
    if not paths:
        assert lines == ["(no files)"]
        return
    assert len(lines) <= most + 1
    if not lines[-1].startswith("... and"):
        counted = sum(int(line.split("(")[1].split()[0]) if line.endswith(")") else 1 for line in lines)
        assert counted == len(paths)
