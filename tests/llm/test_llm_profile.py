"""Profiles: what was found out about a model overrules its family's dialect."""

from pathlib import Path
from typing import Any

import pytest

from swarm.errors import ConfigError
from swarm.llm.profile import Profile, known_dialect, parse_profile
from swarm.llm.profile_files import read_profile, read_profiles, write_profile
from tests.llm.llm_servers import HELLO, READ_FILE, calling, serving

PROFILE = Profile(
    "http://h:8000/v1", "org/model:7b", "2026-11-23", "vllm", 4096, 8, {"tools": ("text",), "stream_usage": ()}
)


def test_a_profile_survives_its_file() -> None:
    assert parse_profile(PROFILE.to_toml(), "p") == PROFILE
    odd = Profile("http://h/v1", 'a "b"\\\n\u202e')
    assert parse_profile(odd.to_toml(), "p") == odd
    assert PROFILE.file_name == "h-8000_org-model-7b.toml"
    assert len(Profile("http://h/v1", "../" * 100).file_name) <= 90


def test_a_profile_overrules_the_family() -> None:
    dialect = known_dialect(PROFILE.base_url, "", PROFILE)
    assert (dialect.family, dialect.tools, dialect.stream_usage, dialect.tool_choice[0]) == (
        "vllm",
        ("text",),
        (),
        "required",
    )
    assert known_dialect(PROFILE.base_url, "ollama", PROFILE).family == "ollama"
    assert known_dialect(PROFILE.base_url, "", None).family == "default"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x", "not valid TOML"),
        ('base_url = "u"', "base_url and model"),
        ('base_url = 3\nmodel = "m"', "'base_url' has the wrong type"),
        ('base_url = "u"\nmodel = "m"\nkey = "k"', "no field 'key'"),
        ('base_url = "u"\nmodel = "m"\nfamily = "f"', "no family 'f'"),
        ('base_url = "u"\nmodel = "m"\n[ways]\nx = []', "no way 'x'"),
        ('base_url = "u"\nmodel = "m"\n[ways]\ntools = "text"', "ways.tools must be a list of words"),
        ('base_url = "u"\nmodel = "m"\n[ways]\nstreaming = ["yes"]', "ways.streaming must be a list of true or false"),
    ],
)
def test_a_file_that_is_no_profile_is_refused_by_name(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        parse_profile(text, "some/file.toml")
    assert "some/file.toml" in caught.value.message


async def test_models_of_one_endpoint_have_dialects_of_their_own() -> None:
    async with serving(HELLO) as server:
        profile = Profile(server.base_url, "small", ways={"tools": ("text",), "structured": ("text",)})
        settings: dict[str, Any] = {"models": {"worker": "small", "planner": "large"}, "profiles": {"small": profile}}
        async with calling(server.base_url, **settings) as caller:
            await caller.ask(tools=[READ_FILE])
            await caller.ask(tools=[READ_FILE], role="planner")
    assert ["tools" in sent.payload for sent in server.received] == [False, True]
    assert (
        server.received[0]
        .payload["messages"][0]["content"]
        .startswith("Every answer is one JSON object that calls one tool")
    )


def test_profiles_are_found_by_endpoint_and_model(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "profiles"
    assert read_profile(folder, PROFILE.base_url, PROFILE.model) is None
    path = write_profile(folder, PROFILE)
    assert [path.name] == [file.name for file in folder.iterdir()]
    assert read_profiles(folder, "http://h:8000/v1/", ["org/model:7b", "other"]) == {"org/model:7b": PROFILE}
    assert read_profile(folder, PROFILE.base_url, "org-model-7b") is None
    path.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_profile(folder, PROFILE.base_url, PROFILE.model)
    path.unlink()
    path.mkdir()
    for failing in (
        lambda: read_profile(folder, PROFILE.base_url, PROFILE.model),
        lambda: write_profile(folder, PROFILE),
    ):
        with pytest.raises(ConfigError, match="cannot be"):
            failing()
    assert [file.name for file in folder.iterdir()] == [path.name]
