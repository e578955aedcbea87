"""What the rows of a table become. A kind is registered by name; the machinery never asks which one it is.

An app above adds its own (projects: ``plan``) by subclassing ``ImportKind`` and calling ``register`` at start-up::

    class PlanKind(ImportKind):
        name, label, columns = "plan", "年度计划", (YEAR, *COMMUNITY_COLUMNS)
        def match(self, rows, source, *, today): ...   # row.status, target, changes; row.error(field, "…"), row.warn(field, "…")
        def apply(self, rows, source, *, by, at, run): ...  # bulk, inside the machinery's one transaction; returns the report

``run`` hears how far it is (``run.step``) and what was made or changed (``run.created``, ``run.changed``): from that the whole import
is undone. A kind whose rows only its own actions may take back overrides ``standing`` and ``undo``.

``match`` may be asked more than once (preview, and again inside the transaction that applies) and must not write. ``apply`` sees only rows
whose status is new, update or unchanged, after the machinery has made sure that nothing changed since the preview.
"""

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from communities.access import keeper_body
from communities.imports.cells import Column
from communities.imports.progress import Run
from communities.imports.sieve import Sieve, Whole
from communities.imports.undo import Standing, Traces, standing_on, take_back
from communities.models import Import
from offices.models import Body, User
from policies.refusal import Invalid


@dataclass(slots=True)
class StagedRow:
    """One row of the table: as found, as understood, and what it would do. ``letters``: field → letter of its column (F), shared."""

    number: int
    raw: list[str]
    values: dict[str, Any]
    letters: Mapping[str, str] = field(default_factory=dict)
    status: str = "new"
    changes: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)
    target: uuid.UUID | None = None
    target_version: int | None = None

    def error(self, field_name: str, message: str) -> None:
        """The row can't be imported, and so the table can't."""
        self._problem(field_name, message, "error")
        self.status = "error"

    def warn(self, field_name: str, message: str) -> None:
        """Worth a look; doesn't stop the import."""
        self._problem(field_name, message, "warning")

    def _problem(self, field_name: str, message: str, severity: str) -> None:
        cell = f"{self.letters[field_name]}{self.number}" if field_name in self.letters else ""
        place = cell or f"第 {self.number} 行"
        self.problems.append(
            {"cell": cell, "field": field_name, "severity": severity, "message": f"{place}：{message}"}
        )

    @property
    def usable(self) -> bool:
        """Neither in error nor skipped."""
        return self.status not in {"error", "skipped"}

    @property
    def promise(self) -> tuple[Any, ...]:
        """What the preview promised of this row."""
        return self.status, self.target, self.target_version, self.changes

    def becomes(self, target: uuid.UUID, version: int, changes: dict[str, list[Any]]) -> None:
        """The row meets one that exists: an update where something changes."""
        self.target, self.target_version, self.changes = target, version, changes
        if self.usable:
            self.status = "update" if changes else "unchanged"


class ImportKind(ABC):
    """A kind of table."""

    name: str
    label: str
    columns: tuple[Column, ...]
    template_notes: tuple[str, ...] = ()
    forbidden = "您没有在该区划登记小区资料的权限：须为该区划或上级区划住建、街道、社区等机构的经办人员。"

    @property
    def personal(self) -> bool:
        """Whether rows hold personal values: masked in the preview, wiped after the import."""
        return any(column.personal for column in self.columns)

    def keeper(self, user: User, row: Any) -> Body | None:
        """The body for which ``user`` may bring such a table to ``row`` (a division, or anything that lies in one), or None."""
        return keeper_body(user, row)

    def prepare(self, source: Import) -> None:  # noqa: B027 - a hook that most kinds leave empty
        """Check the options of an upload (its target, say). Raises Refused."""

    def hold(self, source: Import) -> None:  # noqa: B027 - a hook that most kinds leave empty
        """Lock the rows whose change between the match and the writing would make the match untrue (the division is locked already)."""

    def sieve(self, source: Import, *, today: dt.date) -> Sieve:
        """What checks the rows of one table: all together, unless the kind knows how to do it part by part."""
        return Whole(self, source, today)

    @abstractmethod
    def match(self, rows: Sequence[StagedRow], source: Import, *, today: dt.date) -> None:
        """Compare usable rows with each other and with what stands; set status, target, changes and problems. Never writes."""

    @abstractmethod
    def apply(
        self, rows: Sequence[StagedRow], source: Import, *, by: User, at: dt.datetime, run: Run
    ) -> dict[str, Any]:
        """Write the rows in bulk. The report is JSON: what was written, with labels and links for the page."""

    def standing(self, traces: Traces) -> list[Standing]:
        """What stands by now on the rows of an import and would fall with them; empty where it may be undone."""
        return standing_on(traces)

    def undo(self, traces: Traces, source: Import, *, by: User, at: dt.datetime, run: Run) -> None:
        """Take back what the import wrote, in the machinery's transaction, once nothing stands on it."""
        take_back(traces, at=at, step=run.step)


_KINDS: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> ImportKind:
    """Make a kind known by its name."""
    _KINDS[kind.name] = kind
    return kind


def kinds() -> tuple[ImportKind, ...]:
    """All kinds, in the order of registration."""
    return tuple(_KINDS.values())


def kind_of(name: str) -> ImportKind:
    """The kind of this name. Raises Invalid for an unknown one."""
    if name not in _KINDS:
        raise Invalid("没有这一类导入。", errors={"kind": [f"可选：{'、'.join(_KINDS)}"]})
    return _KINDS[name]
