"""Settings: flags over ``SWARM_*`` over ``OPENAI_*`` over the user's config file.

Nothing is read from the target repository: a file that somebody else wrote may never choose where a key is sent.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from swarm.errors import ConfigError
from swarm.llm import Endpoint
from swarm.llm.profile_files import read_profiles

NO_ENDPOINT_HINT = """either name an OpenAI-compatible endpoint:
        swarm run ... --base-url http://127.0.0.1:8000/v1 --model NAME
        (or the variables OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_MODEL)
      or try swarm without a model, against the bundled simulated endpoint:
        swarm demo"""


def config_path(environ: Mapping[str, str]) -> Path:
    """Return the user's config file: ``$XDG_CONFIG_HOME/swarm/config.toml`` or the same below ``~/.config``."""
    base = environ.get("XDG_CONFIG_HOME", "")
    return (Path(base) if base else Path.home() / ".config") / "swarm" / "config.toml"


class Settings(BaseSettings):
    """The endpoint's settings. Field names are the keys of the config file; keys never appear in a representation."""

    model_config = SettingsConfigDict(extra="forbid", populate_by_name=True)

    base_url: str = Field(default="", validation_alias=AliasChoices("SWARM_BASE_URL", "OPENAI_BASE_URL", "base_url"))
    api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("SWARM_API_KEY", "OPENAI_API_KEY", "api_key")
    )
    model: str = Field(default="", validation_alias=AliasChoices("SWARM_MODEL", "OPENAI_MODEL", "model"))
    planner_model: str = Field(default="", validation_alias=AliasChoices("SWARM_PLANNER_MODEL", "planner_model"))
    temperature: float | None = Field(default=None, validation_alias=AliasChoices("SWARM_TEMPERATURE", "temperature"))
    dialect: str = Field(default="", validation_alias=AliasChoices("SWARM_DIALECT", "dialect"))
    tools: str = Field(default="", validation_alias=AliasChoices("SWARM_TOOLS", "tools"))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment, then the user's file; never a ``.env``, which may come with a repository."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=config_path(os.environ))
        return (init_settings, env_settings, file)


def profiles_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the profiles that ``swarm doctor`` writes: beside the user's config file."""
    return config_path(environ).parent / "profiles"


def load_settings() -> Settings:
    """Read the environment and the user's config file.

    Raises:
        ConfigError: the file is not valid; names the file and the field.
    """
    path = config_path(os.environ)
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: field {field!r}: {first['msg']}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None


def choose_endpoint(
    *, base_url: str = "", model: str = "", planner_model: str = "", temperature: float | None = None
) -> Endpoint:
    """Return the endpoint that flags, environment and config file describe.

    Args:
        base_url: the flag's value, empty when it was not given; likewise the others.
        model: the model's name for every role.
        planner_model: the model's name for planning; ``model`` when there is none.
        temperature: sampling temperature; the server's own when neither this nor a setting names one.

    Raises:
        ConfigError: no endpoint or no model is named.
    """
    settings = load_settings()
    url = base_url or settings.base_url
    if not url:
        raise ConfigError("no endpoint is configured", hint=NO_ENDPOINT_HINT)
    name = model or settings.model
    if not name:
        raise ConfigError(
            "no model is named", hint="Name one with --model, SWARM_MODEL, OPENAI_MODEL or in the config file."
        )
    planner = planner_model or settings.planner_model or name
    return Endpoint(
        base_url=url,
        api_key=settings.api_key.get_secret_value(),
        model=name,
        models={"planner": planner, "worker": name},
        temperature=settings.temperature if temperature is None else temperature,
        dialect=settings.dialect,
        profiles=read_profiles(profiles_folder(os.environ), url, (name, planner)),
        tools=settings.tools,
    )
