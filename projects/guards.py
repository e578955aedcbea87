"""What the database itself holds of a month's quantities and of what is filed upward, so that no shell and no import gets round it."""

from offices.demands import refuse
from offices.triggers import protect
from projects.models import ReportQuantity, UpwardFiling


def guard_quantities() -> None:
    """A line's sum over the months that count never passes its quantity in the scheme without a reason; no row is rewritten."""
    protect(ReportQuantity)
    rows = '"projects_reportquantity" q JOIN "projects_monthreport" r ON r.id = q.report_id'
    own = 'r.project_id = (SELECT project_id FROM "projects_monthreport" WHERE id = NEW.report_id)'
    total = f"(SELECT COALESCE(SUM(q.quantity), 0) FROM {rows} WHERE {own} AND r.current AND q.item = NEW.item AND q.unit = NEW.unit)"
    refuse(
        ReportQuantity, "within_scheme", on="insert", words="累计工程量超出方案数量，要写明原因",
        when=f"NEW.quantity > 0 AND NEW.excess = '' AND {total} + NEW.quantity > NEW.planned",
        lock='SELECT 1 FROM "projects_project" p '
        'JOIN "projects_monthreport" m ON m.project_id = p.id WHERE m.id = NEW.report_id FOR UPDATE OF p',
    )  # fmt: skip


def guard_filings() -> None:
    """JX-08: sent by the division's own people to a housing office above it, received once by that office's people, never rewritten."""
    above = (
        "SELECT 1 FROM \"offices_body\" b WHERE b.id = NEW.to_body_id AND b.kind = 'housing' AND b.division_id <> NEW.division_id "
        "AND b.division_id IN (NEW.city_id, NEW.province_id)"
    )
    refuse(
        UpwardFiling, "upward", on="insert", when=f"NOT EXISTS ({above})", words="只能报送上级区划的住建部门",
    )  # fmt: skip
    refuse(
        UpwardFiling, "born_sent", on="insert", when="NEW.received_on IS NOT NULL", words="报送时还没有收到备案",
    )  # fmt: skip
    member = 'SELECT 1 FROM "offices_membership" m JOIN "offices_body" b ON b.id = m.body_id WHERE m.active AND'
    sender = (
        f"{member} m.user_id = NEW.filed_by_id AND b.division_id = NEW.division_id AND m.role IN ('clerk', 'leader')"
    )
    refuse(
        UpwardFiling, "own_people", on="insert", when=f"NOT EXISTS ({sender})", words="由本区划的经办人或负责人报送",
    )  # fmt: skip
    receiver = f"{member} m.user_id = NEW.received_by_id AND m.body_id = NEW.to_body_id AND m.role IN ('clerk', 'approver', 'leader')"
    refuse(
        UpwardFiling, "received_there", on="update", words="由收到备案的单位的人员登记",
        when=f"OLD.received_on IS NULL AND NEW.received_on IS NOT NULL AND NOT EXISTS ({receiver})",
    )  # fmt: skip
    changed = (
        "NEW.received_on IS NULL OR NEW.received_on <> OLD.received_on OR NEW.received_by_id <> OLD.received_by_id "
        "OR COALESCE(NEW.receipt_number, '') <> COALESCE(OLD.receipt_number, '')"
    )
    refuse(
        UpwardFiling, "received_once", on="update", when=f"OLD.received_on IS NOT NULL AND ({changed})", words="备案只登记一次",
    )  # fmt: skip
