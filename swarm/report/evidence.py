"""The report's section on what stands behind the result."""

from collections.abc import Mapping

from swarm.core.evidence import OFTEN_FLAKY, evidence_of
from swarm.core.views import RunView
from swarm.report.markup import code, inline

LISTED = 50


def evidence(view: RunView) -> list[str]:
    """Return what was checked and what was not, what flaked, and what a person should review."""
    found = evidence_of(view)
    lines = ["## Evidence", ""]
    lines.append(f"- done, because checks passed: {found.checked:,}")
    if found.unproven:
        lines.append(
            f"  - of these with checks that pass on the untouched start as well, which proves little: "
            f"{found.unproven:,}"
        )
    lines.append(f"- done, because judges say so; no command ran: {found.judged:,}")
    lines.append(f"- unverified, taken without evidence: {found.unverified:,}")
    lines.append(f"- failed: {found.failed:,}")
    for command, count in list(found.flaky.items())[:LISTED]:
        often = " Do not rely on it." if count >= OFTEN_FLAKY else ""
        times = "once" if count == 1 else f"{count:,} times"
        lines.append(f"- flaky: {code(command)} failed and then passed on the same commit, {times}.{often}")
    lines += _for_review("changed tests that a check names", found.touched_tests)
    lines += _for_review("changed settings of tests, hooks, builds or dependencies", found.touched_settings)
    return lines


def _for_review(what: str, touched: Mapping[str, tuple[str, ...]]) -> list[str]:
    if not touched:
        return []
    lines = ["", f"Look at these before you merge: {what}.", ""]
    for path, subtasks in list(touched.items())[:LISTED]:
        by = inline(", ".join(subtasks[:5])) + (" …" if len(subtasks) > 5 else "")
        lines.append(f"- {code(path)} by {by}")
    if len(touched) > LISTED:
        lines.append(f"- … and {len(touched) - LISTED:,} more")
    return lines
