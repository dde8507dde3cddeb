"""Questions to the DAG of a whole plan, answered by networkx.

Whoever only carries a plan on, a resume above all, needs none of these and does not wait for the library to load.
"""

from collections.abc import Iterable

import networkx as nx

from swarm.core.plan import Subtask


def graph_of(subtasks: Iterable[Subtask]) -> "nx.DiGraph[str]":
    """Return the graph whose edges lead from a dependency to its dependents."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for subtask in subtasks:
        graph.add_node(subtask.id)
        graph.add_edges_from((dependency, subtask.id) for dependency in subtask.depends_on)
    return graph


def layers(subtasks: Iterable[Subtask]) -> list[list[str]]:
    """Return the ids by generation: everything in one layer can run at the same time."""
    return [list(generation) for generation in nx.topological_generations(graph_of(subtasks))]
