"""What the shape of a planner's answer allows: no more than what can be carried out."""

import pytest

from swarm.core.patch import PlanPatch, patch_schema
from swarm.core.plan import Plan, Subtask
from swarm.core.plan_quality import Surroundings
from swarm.core.plan_schema import answer_schema
from swarm.core.settings import roles_for_work
from swarm.errors import PlanError
from swarm.planner import PatchQuestion, PlanQuestion, with_roles


def kinds(subtask: dict[str, object]) -> list[str]:
    fields = subtask["properties"]
    assert isinstance(fields, dict)
    found: list[str] = fields["kind"]["enum"]
    return found


def test_at_the_deepest_level_a_plan_has_work_only_and_no_more_than_there_is_room_for() -> None:
    schema = PlanQuestion(3, Surroundings(may_nest=False)).schema()
    subtasks = schema["properties"]["subtasks"]
    assert kinds(subtasks["items"]) == ["work"]
    assert (subtasks["minItems"], subtasks["maxItems"]) == (1, 3)
    assert subtasks["items"]["properties"]["depends_on"]["maxItems"] == 2
    above = PlanQuestion(5_000, Surroundings()).schema()["properties"]["subtasks"]
    assert kinds(above["items"]) == ["work", "plan"]
    assert "maxItems" not in above, "a grammar of thousands of items is of no use"
    assert "maxItems" not in above["items"]["properties"]["depends_on"]


def test_lists_that_small_models_do_not_end_have_an_end() -> None:
    for schema in (answer_schema()["properties"]["subtasks"], patch_schema()["properties"]["add"]):
        fields = schema["items"]["properties"]
        assert fields["checks"]["maxItems"] < 10
        assert fields["writes"]["maxItems"] < 20


def test_a_patch_at_the_deepest_level_adds_work_only() -> None:
    def admit(patch: PlanPatch) -> PlanPatch:
        return patch

    schema = PatchQuestion(1, 2, False, admit).schema()
    for name in ("add", "change"):
        assert kinds(schema["properties"][name]["items"]) == ["work"]
    assert schema["properties"]["add"]["maxItems"] == 2
    assert "minItems" not in schema["properties"]["add"]


def test_what_the_smallest_schema_allows_is_a_plan() -> None:
    schema = answer_schema(may_nest=False, room=1)
    fields = schema["properties"]["subtasks"]["items"]["properties"]
    values = {name: [] if field["type"] == "array" else field.get("enum", ["a"])[0] for name, field in fields.items()}
    assert Plan.from_object({"subtasks": [values]}, source="here").subtasks[0].id == "a"


def test_a_planner_may_name_a_role_where_there_is_a_choice() -> None:
    roles = roles_for_work({"planner", "worker", "judge", "writer"}, ["compactor", "reviewer"])
    assert roles == ("worker", "reviewer", "writer")
    for schema in (
        answer_schema(roles=roles)["properties"]["subtasks"],
        patch_schema(roles=roles)["properties"]["add"],
    ):
        assert schema["items"]["properties"]["role"]["enum"] == list(roles)
        assert "role" in schema["items"]["required"]
    for schema in (answer_schema(roles=("worker",)), answer_schema()):
        assert "role" not in schema["properties"]["subtasks"]["items"]["properties"]


def test_roles_that_the_run_does_not_have_go_back_to_the_planner_and_a_worker_does_it_when_it_insists() -> None:
    work = Subtask(id="a", instruction="do", role="writer")
    part = Subtask(id="b", instruction="plan", kind="plan", role="wizard")
    assert [each.role for each in with_roles((work, part), ("worker", "writer"), insisted=False)] == [
        "writer",
        "planner",
    ]
    with pytest.raises(
        PlanError, match=r"'a' has the role 'writer', which is not there; work can have: worker, tester"
    ):
        with_roles((part, work), ("worker", "tester"), insisted=False)
    assert [each.role for each in with_roles((work,), ("worker", "tester"), insisted=True)] == ["worker"]
    for role in ("planner", "judge", "compactor"):
        with pytest.raises(PlanError):
            with_roles((work.model_copy(update={"role": role}),), roles_for_work([role]), insisted=False)
