"""Profiles in a folder: one file for each model of each endpoint."""

import contextlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from swarm.errors import ConfigError
from swarm.llm.profile import Profile, parse_profile

_LARGEST_FILE = 64 * 1024


def read_profile(folder: Path, base_url: str, model: str) -> Profile | None:
    """Return the profile of a model at an endpoint, or None when the folder has none.

    Raises:
        ConfigError: there is a file, and it is no profile.
    """
    path = folder / Profile(base_url, model).file_name
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(_LARGEST_FILE)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from None
    profile = parse_profile(text, str(path))
    # Different names may lead to one file name.
    return profile if (profile.base_url.rstrip("/"), profile.model) == (base_url.rstrip("/"), model) else None


def read_profiles(folder: Path, base_url: str, models: Iterable[str]) -> dict[str, Profile]:
    """Return the profiles of those models of an endpoint that have one. Raises ConfigError."""
    found = {model: read_profile(folder, base_url, model) for model in set(models)}
    return {model: profile for model, profile in found.items() if profile is not None}


def write_profile(folder: Path, profile: Profile) -> Path:
    """Write a profile to its file in the folder, in one step, and return the file.

    Raises:
        ConfigError: the folder or the file cannot be written.
    """
    path = folder / profile.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".new-", delete=False, encoding="utf-8") as file:
            file.write(profile.to_toml())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        Path(file.name).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(file.name).unlink()
        raise ConfigError(f"{path}: cannot be written: {error.strerror}") from error
    return path
