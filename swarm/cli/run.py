"""`swarm run` and `swarm resume`."""

from pathlib import Path
from typing import Annotated

import typer

from swarm.cli.options import RunArgument

Goal = Annotated[
    str | None, typer.Argument(help="What to do, in words; or a task's folder, such as tasks/textkit.", metavar="GOAL")
]
Repo = Annotated[Path | None, typer.Option(help="The git repository to work on. [default: the current folder]")]
Inputs = Annotated[
    Path | None,
    typer.Option(
        help="A folder of files to work from where there is no repository; one is made for the run.", metavar="DIR"
    ),
]
BaseUrl = Annotated[str, typer.Option(help="Base URL of an OpenAI-compatible endpoint.", metavar="URL")]
Model = Annotated[str, typer.Option(help="The model's name.", metavar="NAME")]
PlannerModel = Annotated[str, typer.Option(help="The model that plans, when it is another one.", metavar="NAME")]
JudgeModel = Annotated[str, typer.Option(help="The model that judges, when it is another one.", metavar="NAME")]
Config = Annotated[
    Path | None,
    typer.Option(
        help="The config file; it wins over variables. [default: $SWARM_CONFIG or ~/.config/swarm/config.toml]",
        metavar="FILE",
    ),
]
Temperature = Annotated[
    float | None, typer.Option(help="Sampling temperature. [default: the server's own]", min=0, max=2)
]
Checks = Annotated[
    list[str] | None,
    typer.Option("--check", help="A command that must exit with 0 on the result. May be given often.", metavar="CMD"),
]
Protect = Annotated[
    list[str] | None,
    typer.Option(
        "--protect", help="Paths that agents may not change, as in .gitignore. May be given often.", metavar="P"
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option(
        help="A host that commands may reach: pypi.org, *.example.org, host:8443. May be given often.", metavar="HOST"
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", help="Use the instructions and checks that the repository brings, without asking.")
]
Baseline = Annotated[
    bool,
    typer.Option("--baseline/--no-baseline", help="Run the checks on the untouched start before anything is paid for."),
]
Workers = Annotated[
    int | None, typer.Option(help="How many agents may work at once; 16 unless the task says otherwise.", min=1)
]
MaxTokens = Annotated[int | None, typer.Option(help="Pause the run before it has used more tokens.", min=1)]
MaxCost = Annotated[
    float | None, typer.Option(help="Pause the run before it has cost so many US dollars.", min=0.0001, metavar="USD")
]
PriceText = Annotated[
    str,
    typer.Option("--price", help="What the models cost, in US dollars per million tokens.", metavar="IN,OUT[,CACHED]"),
]
MaxTime = Annotated[str | None, typer.Option(help="Pause the run after this time: 90, 30m, 12h, 5d.", metavar="TIME")]
MaxCalls = Annotated[int | None, typer.Option(help="Pause the run before it makes more model calls.", min=1)]
MaxOutput = Annotated[
    int | None,
    typer.Option("--max-output-tokens", help="The most tokens of one reply. [default: the endpoint's]", min=16),
]
Hedge = Annotated[
    float | None,
    typer.Option(
        help="Begin a second attempt beside one on the longest chain that takes so many times as long as usual.",
        min=1,
        metavar="TIMES",
    ),
]
SandboxName = Annotated[
    str,
    typer.Option("--sandbox", help="auto, strict, bwrap, landlock, container, or none: your consent to run without."),
]
Display = Annotated[str, typer.Option(help="auto, full, plain, log or none.")]
Park = Annotated[
    bool, typer.Option("--park/--no-park", help="Wait for an endpoint that is gone or has no quota left, or pause.")
]
ProbeEvery = Annotated[
    str | None,
    typer.Option(help="The longest wait before such an endpoint is asked again. [default: 10m]", metavar="TIME"),
]
Detach = Annotated[bool, typer.Option("--detach", help="Leave the run to a process of its own and return.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the journal's events on stdout, one JSON object a line.")]


def run(
    context: typer.Context,
    goal: Goal = None,
    repo: Repo = None,
    inputs: Inputs = None,
    base_url: BaseUrl = "",
    model: Model = "",
    planner_model: PlannerModel = "",
    judge_model: JudgeModel = "",
    temperature: Temperature = None,
    config: Config = None,
    plan: Annotated[Path | None, typer.Option(help="A plan file (JSON or TOML) instead of a planner.")] = None,
    approve_plan: Annotated[
        bool, typer.Option("--approve-plan", help="Begin to work only when you have approved of the plan.")
    ] = False,
    check: Checks = None,
    protect: Protect = None,
    baseline: Baseline = True,
    protect_tests: Annotated[
        bool, typer.Option("--protect-tests", help="Refuse changes to files that a check names, unless planned.")
    ] = False,
    allow_host: AllowHost = None,
    yes: Yes = False,
    workers: Workers = None,
    price: PriceText = "",
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    max_time: MaxTime = None,
    max_calls: MaxCalls = None,
    max_output_tokens: MaxOutput = None,
    hedge: Hedge = None,
    sandbox: SandboxName = "auto",
    run_id: Annotated[str, typer.Option(help="The run's id. [default: a new one]", metavar="ID")] = "",
    park: Park = True,
    probe_every: ProbeEvery = None,
    detach: Detach = False,
    display: Display = "auto",
    as_json: AsJson = False,
) -> None:
    """Carry a task out: plan, work, verify, merge onto the branch swarm/RUN_ID."""
    from swarm.api import Run, Swarm
    from swarm.cli import detaching, driving, tasks_input, trust
    from swarm.config import choose_endpoints, load_settings
    from swarm.core.project import ProjectSettings
    from swarm.core.task import Task
    from swarm.journal.store import RunFolder
    from swarm.opening import Observer

    endpoints = choose_endpoints(
        base_url=base_url,
        model=model,
        planner_model=planner_model,
        judge_model=judge_model,
        temperature=temperature,
        config=config,
        price=price,
    )
    given_plan = tasks_input.read_plan(plan)
    source = tasks_input.find_task(goal, has_plan=plan is not None)
    hidden = tasks_input.hidden_of(source)
    # The repository of a shipped task is made of its folder, which says what it has to say itself; inputs say nothing.
    own = inputs is not None or (source.folder is not None and repo is None)
    project = ProjectSettings() if own else trust.confirmed_project(repo or Path(), yes=yes)
    limits = driving.with_limits(
        source.limits,
        workers=workers,
        max_tokens=max_tokens,
        max_cost_usd=max_cost,
        max_time_s=driving.seconds(max_time),
        max_calls=max_calls,
        max_output_tokens=max_output_tokens,
        hedge=hedge,
    )

    async def make_task() -> Task:
        task = await tasks_input.make_task(
            source,
            repo,
            tuple(check or ()),
            tuple(protect or ()),
            limits,
            inputs=inputs,
            protect_tests=protect_tests,
            baseline=baseline,
        )
        task = task.model_copy(update={"approve_plan": approve_plan})
        return trust.with_project(tasks_input.with_hosts(task, allow_host or ()), project)

    async def start(swarm: Swarm, observer: Observer) -> Run:
        return await swarm.submit(await make_task(), plan=given_plan, run_id=run_id, hidden=hidden, observer=observer)

    async def create(swarm: Swarm) -> RunFolder:
        return await swarm.create(await make_task(), plan=given_plan, run_id=run_id, hidden=hidden)

    parking = driving.parking(park, probe_every)
    chosen = driving.consented(driving.sandbox_choice(sandbox))
    if detach:
        detaching.refuse_json(as_json)
        folder = driving.record_run(endpoints, create, sandbox=chosen)
        detaching.start(folder, [*detaching.options(context), "--sandbox", chosen])
    driving.drive_to_end(
        endpoints,
        start,
        sandbox=chosen,
        parking=parking,
        display=display,
        as_json=as_json,
        caches=load_settings(config).caches,
    )


def resume(
    context: typer.Context,
    run: RunArgument,
    base_url: BaseUrl = "",
    model: Model = "",
    planner_model: PlannerModel = "",
    judge_model: JudgeModel = "",
    temperature: Temperature = None,
    config: Config = None,
    workers: Workers = None,
    price: PriceText = "",
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    max_time: MaxTime = None,
    max_calls: MaxCalls = None,
    max_output_tokens: MaxOutput = None,
    hedge: Hedge = None,
    sandbox: SandboxName = "",
    baseline: Baseline = True,
    park: Park = True,
    probe_every: ProbeEvery = None,
    detach: Detach = False,
    display: Display = "auto",
    as_json: AsJson = False,
) -> None:
    """Go on with a run that was paused or whose process died, exactly where it was.

    Endpoint, model and sandbox are those of the run unless you name others; what changes is recorded.
    """
    import os

    from swarm.api import Run, Swarm
    from swarm.cli import detaching, driving
    from swarm.config import choose_endpoints, load_settings
    from swarm.core.events import RunCreated, RunOpened
    from swarm.core.task import Task
    from swarm.errors import JournalUnreadable
    from swarm.journal.reader import open_reader
    from swarm.journal.store import RunStore, swarm_home
    from swarm.opening import Observer

    folder = RunStore(swarm_home(os.environ)).find(run)
    with open_reader(folder.journal) as reader:
        newest = reader.newest("run_opened") or reader.newest("run_created")
        recorded = reader.last_seq()
    if newest is None or not isinstance(newest.event, RunOpened | RunCreated):
        raise JournalUnreadable(f"the journal of run {folder.run_id} does not say how the run was made")
    before = newest.event.settings
    if not base_url and (before.endpoints or config is not None):
        endpoints = choose_endpoints(
            model=model,
            planner_model=planner_model,
            judge_model=judge_model,
            temperature=temperature,
            config=config,
            several=config is None,
            price=price,
            known_prices=before.prices,
        )
    else:
        endpoints = choose_endpoints(
            base_url=base_url or before.base_url,
            model=model or before.models.get("worker", ""),
            planner_model=planner_model or model or before.models.get("planner", ""),
            judge_model=judge_model or ("" if model else before.models.get("judge", "")),
            temperature=temperature,
            config=config,
            price=price,
            known_prices=before.prices,
        )

    def change(task: Task) -> Task:
        limits = driving.with_limits(
            task.limits,
            workers=workers,
            max_tokens=max_tokens,
            max_cost_usd=max_cost,
            max_time_s=driving.seconds(max_time),
            max_calls=max_calls,
            max_output_tokens=max_output_tokens,
            hedge=hedge,
        )
        return task.model_copy(update={"limits": limits, "baseline": task.baseline and baseline})

    async def start(swarm: Swarm, observer: Observer) -> Run:
        return await swarm.resume(folder.root.name, change_task=change, observer=observer)

    parking = driving.parking(park, probe_every)
    chosen = driving.consented(driving.sandbox_choice(sandbox or before.sandbox))
    if detach:
        detaching.refuse_json(as_json)
        detaching.start(folder, [*detaching.options(context), "--sandbox", chosen])
    driving.drive_to_end(
        endpoints,
        start,
        sandbox=chosen,
        parking=parking,
        display=display,
        as_json=as_json,
        caches=load_settings(config).caches,
        after=recorded,
    )
