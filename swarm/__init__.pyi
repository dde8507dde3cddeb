from swarm.api import Run as Run
from swarm.api import Swarm as Swarm
from swarm.api import run_sync as run_sync
from swarm.core.limits import Limits as Limits
from swarm.core.plan import Plan as Plan
from swarm.core.plan import Subtask as Subtask
from swarm.core.task import Task as Task
from swarm.errors import SwarmError as SwarmError
from swarm.llm import Endpoint as Endpoint
from swarm.protocols import ToolContext as ToolContext
from swarm.runtime import RunResult as RunResult
from swarm.tools.definition import tool as tool

__version__: str
