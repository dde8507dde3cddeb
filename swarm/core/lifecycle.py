"""Facts of a run as a whole: it waits for its endpoint, is copied or moved, and its clock is set."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunParked:
    """The run stands still and its process waits: the endpoint is gone, or its quota used up.

    Attributes:
        message: what the endpoint, or the last probe, said.
        code: the code of that error.
        probes: how often the endpoint was asked in vain since it went.
        next_probe_s: when it is asked again, in seconds.
        role: for which role of a model; that of the workers when empty.
    """

    message: str
    code: str
    probes: int
    next_probe_s: float
    role: str = ""


@dataclass(frozen=True, slots=True)
class RunWoken:
    """The endpoint answered a probe; whatever was at work goes on. ``probes`` counts those before that one."""

    probes: int


@dataclass(frozen=True, slots=True)
class RunForked:
    """The run is a copy of another one, which recorded everything before this; from here on it goes its own way.

    Attributes:
        run_id: its id from now on.
        branch: where its results go from now on.
        from_run_id: the run that it is a copy of.
        from_seq: the last event that both have.
        repository: path of the user's repository from now on.
    """

    run_id: str
    branch: str
    from_run_id: str
    from_seq: int
    repository: str


@dataclass(frozen=True, slots=True)
class RunImported:
    """The run was taken out of an archive.

    Attributes:
        run_id: its id from now on.
        branch: where its results go from now on.
        repository: path of the user's repository from now on.
        from_run_id: its id where it was exported.
        from_host: the machine that it was exported on.
    """

    run_id: str
    branch: str
    repository: str
    from_run_id: str
    from_host: str


@dataclass(frozen=True, slots=True)
class RunMoved:
    """The run was exported to ``archive`` to go on elsewhere; here it may not be driven any more."""

    archive: str


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock moved ``seconds`` beyond the time that passed: it was set, or the machine slept.

    ``before`` is what it would have shown otherwise, in Unix seconds: up to it time counts, then it goes on from the
    time that this event has.
    """

    seconds: float
    before: float
