"""``swarm tasks``: the tasks that are shipped with swarm."""

from swarm.cli.options import JsonOption


def tasks(as_json: JsonOption = False) -> None:
    """List the tasks that come with swarm.

    `swarm run tasks/NAME` runs one; a copy of its repository is made for it.
    """
    from swarm.catalogue import load_task_folder, shipped_tasks
    from swarm.cli.reading import say_json, say_line
    from swarm.cli.speech import note

    folders = [load_task_folder(path) for path in shipped_tasks()]
    for folder in folders:
        file = folder.file
        if as_json:
            say_json(
                {"name": file.name, "title": file.title, "path": folder.root, "simulated": folder.scenario is not None}
            )
        else:
            say_line(f"{file.name:<20} {file.title}")
    if not folders:
        note("no tasks are shipped with this installation")
