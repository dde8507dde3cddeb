"""Find functions by name.

Every module below ``sheet/functions`` holds one, and none is imported before it is used.
"""

import functools
import importlib
import keyword
import pkgutil
from collections.abc import Callable
from typing import Any

import sheet.functions
from sheet.core.errors import name_error


@functools.cache
def function_modules() -> dict[str, str]:
    """Return the module of every function, by the name that the module has (such as ``stdev_p``)."""
    found: dict[str, str] = {}
    for category in pkgutil.iter_modules(sheet.functions.__path__, "sheet.functions."):
        package = importlib.import_module(category.name)
        for module in pkgutil.iter_modules(package.__path__):
            found[module.name] = f"{category.name}.{module.name}"
    return found


@functools.cache
def find_function(name: str) -> Callable[..., Any]:
    """Return the function that formulas call ``name`` (``STDEV.P``, case is ignored).

    An unknown name is ``#NAME?``.
    """
    attribute = name.upper().replace(".", "_")
    module = attribute.lower() + ("_" if keyword.iskeyword(attribute.lower()) else "")
    if module not in function_modules() or "_" in name:
        raise name_error(f"there is no function {name}")
    return getattr(importlib.import_module(function_modules()[module]), attribute)
