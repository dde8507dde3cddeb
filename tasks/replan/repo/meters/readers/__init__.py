"""One module for each format: ``knows(text) -> bool``, and ``read(text) -> list[Reading]`` for a text that it knows."""
