"""Quantities of a month's report: read, held against the scheme and the other months, and written with the report."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from projects.models import MonthReport, Project, ReportQuantity
from projects.queries.quantities import done_of, lines_of, reported
from projects.rules.quantities import Line, beyond, read_quantities


@dataclass(frozen=True)
class Measured:
    """Thousandths by line, and the reason that stands at those beyond the scheme's quantity."""

    lines: Mapping[str, Line]
    values: Mapping[str, int]
    over: Mapping[str, str]
    excess: str

    @classmethod
    def read(
        cls, project: Project, replaced: MonthReport | None, given: Mapping[str, str] | None, excess: str,
        errors: dict[str, list[str]],
    ) -> Self:  # fmt: skip
        """From what was entered; None: as the replaced report has it. What is wrong goes into ``errors``."""
        lines = lines_of(project, replaced)
        if given is None:
            kept = list(replaced.quantities.all()) if replaced else []
            values = {str(row.item): row.quantity for row in kept}
            excess = excess or next((row.excess for row in kept if row.excess), "")
        else:
            values, wrong = read_quantities(given, lines)
            errors |= {field: [why] for field, why in wrong.items()}
        others = [row for row in reported(project) if replaced is None or row.report_id != replaced.pk]
        over = beyond(values, lines, done_of(others, lines))
        if not excess:
            errors |= {f"quantity-{uid}": [why] for uid, why in over.items()}
        if len(excess) > 300:
            errors["excess"] = ["最多 300 字"]
        return cls(lines, values, over, excess)

    def save(self, report: MonthReport) -> None:
        """One row a line."""
        for uid, value in self.values.items():
            line = self.lines[uid]
            ReportQuantity.objects.create(
                report=report, item=UUID(uid), name=line.name, place=line.place, unit=line.unit, planned=line.planned, quantity=value,
                excess=self.excess if uid in self.over else "",
            )  # fmt: skip
