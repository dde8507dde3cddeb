"""Settings: flags over ``SWARM_*`` over ``OPENAI_*`` over the user's config file, which may name several endpoints.

A config file that a flag names is as good as flags: it wins over the variables.

Nothing is read from the target repository: a file that somebody else wrote may never choose where a key is sent.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from swarm.core.prices import parse_price
from swarm.errors import ConfigError
from swarm.llm import Endpoint, Price
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


_PREFIXES = ("swarm_", "openai_")
_Role = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
_Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class PriceSettings(BaseModel):
    """What a model costs, in US dollars per million tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(default=None, ge=0)


class EndpointTable(BaseModel):
    """One ``[[endpoints]]`` table of the config file; the fields are those of :class:`swarm.llm.Endpoint`.

    Attributes:
        api_key_env: the environment variable that holds the key.
        api_key: the key itself, in a file that nobody else may read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    base_url: str
    api_key_env: str = ""
    api_key: SecretStr = SecretStr("")
    model: str = ""
    models: dict[_Role, str] = Field(default_factory=dict)
    roles: tuple[_Role, ...] = ()
    weight: _Positive = 1.0
    max_in_flight: int = Field(default=1_000, ge=1)
    requests_per_minute: _Positive | None = None
    tokens_per_minute: _Positive | None = None
    context_tokens: int | None = Field(default=None, ge=1)
    long_context: bool = False
    temperature: float | None = Field(default=None, ge=0, le=2)
    dialect: str = ""
    tools: str = ""
    pin_model: bool = False
    prices: dict[str, PriceSettings] = Field(default_factory=dict)

    def endpoint(self, environ: Mapping[str, str]) -> Endpoint:
        """Return the endpoint, with its key and the profiles of its models.

        Raises:
            ConfigError: no model is named, or the key's variable is not set.
        """
        names = {name for name in (self.model, *self.models.values()) if name}
        if not names:
            raise ConfigError(f"endpoint {self.name}: no model is named", hint='Give it model = "NAME" or models.')
        return Endpoint(
            **self.model_dump(exclude={"api_key", "api_key_env", "prices"}),
            api_key=self._key(environ),
            profiles=read_profiles(profiles_folder(environ), self.base_url, names),
            prices=_prices(self.prices),
        )

    def _key(self, environ: Mapping[str, str]) -> str:
        if not self.api_key_env:
            return self.api_key.get_secret_value()
        key = environ.get(self.api_key_env, "")
        if not key:
            raise ConfigError(
                f"endpoint {self.name}: the environment variable {self.api_key_env} is not set",
                hint=f"Export {self.api_key_env} with the key, or leave api_key_env out for a server without one.",
            )
        return key


class Settings(BaseSettings):
    """The endpoint's settings. Field names are the keys of the config file; keys never appear in a representation."""

    model_config = SettingsConfigDict(extra="forbid", populate_by_name=True)
    file: ClassVar[Path | None] = None
    file_first: ClassVar[bool] = False

    base_url: str = Field(default="", validation_alias=AliasChoices("SWARM_BASE_URL", "OPENAI_BASE_URL", "base_url"))
    api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("SWARM_API_KEY", "OPENAI_API_KEY", "api_key")
    )
    model: str = Field(default="", validation_alias=AliasChoices("SWARM_MODEL", "OPENAI_MODEL", "model"))
    planner_model: str = Field(default="", validation_alias=AliasChoices("SWARM_PLANNER_MODEL", "planner_model"))
    judge_model: str = Field(default="", validation_alias=AliasChoices("SWARM_JUDGE_MODEL", "judge_model"))
    temperature: float | None = Field(default=None, validation_alias=AliasChoices("SWARM_TEMPERATURE", "temperature"))
    dialect: str = Field(default="", validation_alias=AliasChoices("SWARM_DIALECT", "dialect"))
    tools: str = Field(default="", validation_alias=AliasChoices("SWARM_TOOLS", "tools"))
    pin_model: bool = Field(default=False, validation_alias=AliasChoices("SWARM_PIN_MODEL", "pin_model"))
    prices: dict[str, PriceSettings] = Field(default_factory=dict, validation_alias="prices")
    endpoints: tuple[EndpointTable, ...] = Field(default=(), validation_alias="endpoints")
    caches: dict[str, str] = Field(default_factory=dict, validation_alias="caches")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the environment and the user's file; never a ``.env``, which may come with a repository."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=cls.file or config_path(os.environ))
        if isinstance(env_settings, EnvSettingsSource):
            # A variable of another program that happens to be called BASE_URL or MODEL is not ours.
            ours = {name: value for name, value in env_settings.env_vars.items() if name.startswith(_PREFIXES)}
            if cls.file_first:
                said = {*file.toml_data, *(["base_url"] if "endpoints" in file.toml_data else [])}
                ours = {name: value for name, value in ours.items() if name.partition("_")[2] not in said}
            env_settings.env_vars = ours
        return (init_settings, env_settings, file)


def profiles_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the profiles that ``swarm doctor`` writes: beside the user's config file."""
    return config_path(environ).parent / "profiles"


def load_settings(file: Path | None = None) -> Settings:
    """Read the environment and the user's config file.

    Args:
        file: the config file to read instead of the user's own; what it says wins over the environment. Without it,
            ``SWARM_CONFIG`` may name one that does not.

    Raises:
        ConfigError: the file is missing, not valid, or holds a key that others can read; names the file and the field.
    """

    class Chosen(Settings):
        pass

    named = file or (Path(os.environ["SWARM_CONFIG"]) if os.environ.get("SWARM_CONFIG") else None)
    Chosen.file, Chosen.file_first = named, file is not None
    path = named or config_path(os.environ)
    if named is not None and not named.is_file():
        raise ConfigError(
            f"{named}: there is no such config file",
            hint="--config names one, or the variable SWARM_CONFIG." if file is None else "",
        )
    try:
        settings = Chosen()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: field {field!r}: {first['msg']}") from None
    except ValueError as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from None
    if path.is_file():
        _refuse_shown_keys(path)
    return settings


def _refuse_shown_keys(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    if any("api_key" in table for table in (raw, *raw.get("endpoints", ()))) and path.stat().st_mode & 0o077:
        raise ConfigError(
            f"{path}: holds a key, and others on this machine may read it",
            hint=f'`chmod 600 {path}`, or name the variable that holds the key: api_key_env = "NAME".',
        )


def choose_endpoints(
    *,
    base_url: str = "",
    model: str = "",
    planner_model: str = "",
    judge_model: str = "",
    temperature: float | None = None,
    config: Path | None = None,
    several: bool = False,
    price: str = "",
    known_prices: Mapping[str, str] | None = None,
) -> tuple[Endpoint, ...]:
    """Return the endpoints that flags, environment and config file describe: the one that is named, or a pool.

    Args:
        base_url: the flag's value, empty when it was not given; likewise the others.
        model: the model's name for every role.
        planner_model: the model's name for planning; ``model`` when there is none.
        judge_model: the model's name for judging, likewise.
        temperature: sampling temperature of one endpoint.
        config: the config file to read instead of the user's own.
        several: the ``[[endpoints]]`` of the config file are meant, whatever the environment says.
        price: the price of one endpoint's models, as :func:`swarm.core.prices.parse_price` reads it.
        known_prices: prices by model, likewise, that hold where nothing else names one.

    Raises:
        ConfigError: no endpoint or no model is named.
    """
    settings = load_settings(config)
    if base_url or not settings.endpoints or (settings.base_url and not several):
        if several and not base_url:
            raise ConfigError(
                "the config file has no [[endpoints]] any more",
                hint="Name the file that has them with --config, or one endpoint with --base-url and --model.",
            )
        endpoint = _one_endpoint(settings, base_url, _Models(model, planner_model, judge_model), temperature)
        named = dict.fromkeys(endpoint.models.values(), parse_price(price)) if price else {}
        known = {name: parse_price(text) for name, text in (known_prices or {}).items()}
        return (replace(endpoint, prices={**known, **endpoint.prices, **named}),)
    if model or planner_model or judge_model or price or temperature is not None:
        raise ConfigError(
            "--model, --planner-model, --judge-model, --temperature and --price belong to one endpoint; the config "
            "file has several",
            hint="Give --base-url too, or change the [[endpoints]] of the config file.",
        )
    return tuple(table.endpoint(os.environ) for table in settings.endpoints)


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
    return _one_endpoint(load_settings(), base_url, _Models(model, planner_model), temperature)


@dataclass(frozen=True, slots=True)
class _Models:
    """The models that the flags name; empty for those that they do not."""

    all_roles: str = ""
    planner: str = ""
    judge: str = ""


def _one_endpoint(settings: Settings, base_url: str, named: _Models, temperature: float | None) -> Endpoint:
    url = base_url or settings.base_url
    if not url:
        raise ConfigError("no endpoint is configured", hint=NO_ENDPOINT_HINT)
    name = named.all_roles or settings.model
    if not name:
        raise ConfigError(
            "no model is named", hint="Name one with --model, SWARM_MODEL, OPENAI_MODEL or in the config file."
        )
    planner = named.planner or settings.planner_model or name
    judge = named.judge or settings.judge_model
    return Endpoint(
        base_url=url,
        api_key=settings.api_key.get_secret_value(),
        model=name,
        models={"planner": planner, "worker": name, **({"judge": judge} if judge else {})},
        temperature=settings.temperature if temperature is None else temperature,
        dialect=settings.dialect,
        profiles=read_profiles(profiles_folder(os.environ), url, tuple(filter(None, (name, planner, judge)))),
        tools=settings.tools,
        pin_model=settings.pin_model,
        prices=_prices(settings.prices),
    )


def _prices(named: Mapping[str, PriceSettings]) -> dict[str, Price]:
    return {name: Price(**price.model_dump()) for name, price in named.items()}
