"""A cache that forgets what was not used for the longest time."""

from collections import OrderedDict


class Recent:
    """Holds up to ``size`` values by name."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[str, object] = OrderedDict()

    def put(self, name: str, value: object) -> None:
        """Keep a value; the one that was not used for the longest time goes when there are too many."""
        self._values[name] = value
        self._values.move_to_end(name)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def get(self, name: str) -> object:
        """Return a value, ``None`` when it is not there. This is a use."""
        if name not in self._values:
            return None
        self._values.move_to_end(name)
        return self._values[name]
