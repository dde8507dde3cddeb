"""What each level is known not to hold."""

LEAKS_OF_LANDLOCK = {
    "E12": "the list of processes, with their command lines, can be seen",
    "E13": "before Landlock version 6 (Linux 6.12), processes of the same user can be sent signals",
}
"""With what they mean. A file's mode and times can also be changed by its owner; no attempt of the list tries that."""
