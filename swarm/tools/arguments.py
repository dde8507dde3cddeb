"""From a Python signature to the JSON Schema that a model sees, and back from its JSON to checked arguments."""

import inspect
import re
import typing
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.errors import PydanticUserError
from pydantic_core import from_json, to_json

from swarm.errors import ToolError, UsageError

_SECTIONS = re.compile(r"^(Args|Arguments|Attributes|Returns|Raises|Yields|Examples?|Notes?):\s*$", re.MULTILINE)
_ARGUMENT = re.compile(r"^(?P<indent> *)(?P<name>\w+)\s*(?:\([^)]*\))?:\s*(?P<text>.*)$")
_VALUE_KEYWORDS = ("const", "default", "enum", "examples")
_SAYING_NOTHING: tuple[Any, ...] = (None, [], {}, "")
_JSON_TYPES = {str: "a string", dict: "an object", list: "an array", type(None): "null"}
_ERRORS_SHOWN = 5


def parse_object(tool: str, text: str) -> dict[str, Any]:
    """Parse the arguments of a call as the model wrote them; nothing is ever repaired.

    Blank text stands for no arguments, as some servers send it.

    Raises:
        ToolError: not valid JSON, or not an object.
    """
    if not text.strip():
        return {}
    try:
        arguments = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ToolError(
            f"The arguments of {tool} are not valid JSON ({error}), so nothing was done. Send the whole call again."
        ) from error
    if not isinstance(arguments, dict):
        raise ToolError(f"The arguments of {tool} must be a JSON object, so nothing was done.")
    return arguments


class Arguments:
    """The arguments of a function, as a JSON Schema and as a strict check.

    Nothing is converted: ``"5"`` is not a number. Unknown arguments are refused. Arguments with a default may be left
    out, and those whose default is ``None`` may also be null.

    Args:
        tool: the tool's name, for messages.
        function: the function, or a class, with a type for each parameter and, where they need words, an ``Args``
            section in its docstring.
        skip: names of parameters that are not the model's business.

    Raises:
        UsageError: a parameter has no type, or one that has no JSON Schema.
    """

    def __init__(self, tool: str, function: Callable[..., Any], *, skip: frozenset[str] = frozenset()) -> None:
        self._tool = tool
        self._names: dict[str, str] = {}
        fields: dict[str, Any] = {}
        hints = _type_hints(tool, function)
        documented = argument_docs(inspect.getdoc(function) or "")
        for parameter in inspect.signature(function).parameters.values():
            if parameter.name not in skip:
                # The model class has attributes of its own, whose names an argument may bear: hence the aliases.
                field = f"argument_{len(fields)}"
                self._names[field] = parameter.name
                fields[field] = _field(tool, parameter, hints, documented.get(parameter.name))
        try:
            self._model: type[BaseModel] = create_model("Arguments", __config__=ConfigDict(extra="forbid"), **fields)
            self.schema: dict[str, Any] = _tidy(self._model.model_json_schema())
        except PydanticUserError as error:
            raise UsageError(f"Tool {tool!r} has a parameter that JSON cannot express: {error}") from error

    def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments that were given, checked and in Python's types.

        Raises:
            ToolError: naming each argument that is wrong, and what was expected.
        """
        try:
            checked = self._model.model_validate_json(to_json(dict(arguments)), strict=True)
        except ValidationError as error:
            problems = "; ".join(_problem(detail) for detail in error.errors()[:_ERRORS_SHOWN])
            raise ToolError(f"Wrong arguments: {problems}. Expected {self.summary}.") from error
        except ValueError as error:
            raise ToolError(f"Wrong arguments: {error}. Expected {self.summary}.") from error
        return {
            self._names[field]: getattr(checked, field) for field in self._names if field in checked.model_fields_set
        }

    @property
    def summary(self) -> str:
        """The call in one line, like ``read_file(path: string, start?: integer)``."""
        required = self.schema.get("required", ())
        parts = [
            f"{name}{'' if name in required else '?'}: {_type_name(schema)}"
            for name, schema in self.schema["properties"].items()
        ]
        return f"{self._tool}({', '.join(parts)})"


def description_of(docstring: str) -> str:
    """Return the part of a docstring that comes before its sections."""
    section = _SECTIONS.search(docstring)
    return (docstring[: section.start()] if section else docstring).strip()


def argument_docs(docstring: str) -> dict[str, str]:
    """Return the descriptions in the ``Args`` section of a Google-style docstring (already dedented)."""
    docs: dict[str, str] = {}
    indent, name = None, ""
    for line in _args_section(docstring).splitlines():
        match = _ARGUMENT.match(line)
        if match and (indent is None or len(match["indent"]) <= indent):
            indent, name = len(match["indent"]), match["name"]
            docs[name] = match["text"].strip()
        elif name and line.strip():
            docs[name] = f"{docs[name]} {line.strip()}".strip()
    return docs


def _args_section(docstring: str) -> str:
    sections = list(_SECTIONS.finditer(docstring))
    ends = [*(section.start() for section in sections[1:]), len(docstring)]
    for section, end in zip(sections, ends, strict=False):
        if section[1] in {"Args", "Arguments"}:
            return docstring[section.end() : end]
    return ""


def _type_hints(tool: str, function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function, include_extras=True)
    except NameError as error:
        raise UsageError(f"Tool {tool!r} has a type that cannot be found: {error}") from error


def _field(
    tool: str, parameter: inspect.Parameter, hints: Mapping[str, Any], description: str | None
) -> tuple[Any, Any]:
    if parameter.kind not in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}:
        raise UsageError(f"Tool {tool!r}: parameter {parameter.name!r} must have a name that a call can use.")
    if parameter.name not in hints:
        raise UsageError(f"Tool {tool!r}: parameter {parameter.name!r} needs a type.")
    default = ... if parameter.default is parameter.empty else parameter.default
    return (hints[parameter.name], Field(default, alias=parameter.name, description=description))


def _tidy(schema: Any) -> Any:
    """Return a schema without what only costs tokens, keywords sorted, arguments in the order of the signature."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {
        keyword: value if keyword in _VALUE_KEYWORDS else _tidy(value)
        for keyword, value in sorted(schema.items())
        if keyword != "title"
    }
    for names in ("properties", "$defs"):
        if names in schema:
            tidy[names] = {name: _tidy(value) for name, value in schema[names].items()}
    if "default" not in tidy or tidy["default"] not in _SAYING_NOTHING:
        return tidy
    return _without_null(tidy) if tidy.pop("default") is None else tidy


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an optional argument without null, which is the same as leaving the argument out."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    return dict(sorted((choices[0] | rest).items()))


def _type_name(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(repr, schema["enum"]))
    if schema.get("type") == "array":
        return f"array of {_type_name(schema.get('items', {}))}"
    return str(schema.get("type", "any"))


def _problem(detail: Mapping[str, Any]) -> str:
    place = ".".join(map(str, detail["loc"])) or "arguments"
    match detail["type"]:
        case "missing":
            return f"'{place}' is missing"
        case "extra_forbidden":
            return f"'{place}' is not an argument"
        case _:
            message = str(detail["msg"])
            return f"'{place}': {message[:1].lower()}{message[1:]}, not {_json_type(detail['input'])}"


def _json_type(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"the number {value}"
    return _JSON_TYPES.get(type(value), type(value).__name__)
