"""What the shape of a planner's answer allows: no more than what can be carried out."""

from swarm.core.patch import PlanPatch, patch_schema
from swarm.core.plan import Plan
from swarm.core.plan_quality import Surroundings
from swarm.core.plan_schema import answer_schema
from swarm.planner import PatchQuestion, PlanQuestion


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
