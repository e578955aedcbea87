"""What the database itself holds of flags: a finding is not rewritten, a word to it neither; closed only with a closing word of another."""

from funding.models import AuditFlag, FlagNote
from offices.demands import refuse
from offices.triggers import protect

STEPS = {"explained": "explain", "open": "return", "closed": "close"}


def register() -> None:
    """Make it known to ``offices.triggers`` and ``offices.demands``."""
    protect(FlagNote)
    protect(
        AuditFlag,
        insert_only=False,
        frozen=("uid", "kind", "about_kind", "about_uid", "project_uid", "text", "rule", "raised_on"),
    )
    refuse(AuditFlag, "begins", on="insert", when="NEW.state <> 'open'", words="a flag begins open")
    last = "(SELECT n.step FROM funding_flagnote n WHERE n.flag_id = NEW.id ORDER BY n.id DESC LIMIT 1)"
    fits = " OR ".join(f"(NEW.state = '{state}' AND {last} = '{step}')" for state, step in STEPS.items())
    refuse(
        AuditFlag, "steps", on="update", when=f"NEW.state <> OLD.state AND (OLD.state = 'closed' OR NOT COALESCE({fits}, FALSE))",
        words="a flag moves with a word to it, and a closed one stays closed",
    )  # fmt: skip
    own = "EXISTS (SELECT 1 FROM funding_flagnote n WHERE n.flag_id = NEW.flag_id AND n.step = 'explain' AND n.by_id = NEW.by_id)"
    refuse(
        FlagNote, "another", on="insert", when=f"NEW.step <> 'explain' AND {own}", words="who explained a flag does not close it"
    )  # fmt: skip
