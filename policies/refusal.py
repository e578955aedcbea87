"""The one way in which an action says no: plain values that HTML and REST print alike."""

from dataclasses import dataclass

from policies.model import Document, Provision


@dataclass(frozen=True)
class Citation:
    """Where a rule stands, word for word."""

    rule: str
    document: str
    document_number: str
    clause: str
    quote: str
    strength: str
    reading: str = ""


def cite(provision: Provision, document: Document) -> Citation:
    """The citation of a provision in its document."""
    return Citation(
        rule=provision.rule_id,
        document=document.title,
        document_number=document.number,
        clause=provision.clause,
        quote=provision.quote,
        strength=provision.strength,
        reading=provision.reading,
    )


@dataclass(frozen=True)
class Reason:
    """One reason for a refusal: a rule with what is missing, or a plain sentence."""

    text: str
    citation: Citation | None = None
    missing: str = ""
    subject: str = ""


class Refused(Exception):
    """An action was refused and nothing was changed. ``status`` is the HTTP status, ``code`` stands in the error catalogue."""

    status = 409
    code = "refused"

    def __init__(
        self,
        detail: str,
        *,
        errors: dict[str, list[str]] | None = None,
        reasons: tuple[Reason, ...] = (),
        code: str = "",
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or {}
        self.reasons = reasons
        self.code = code or type(self).code

    @property
    def by_field(self) -> tuple[tuple[str, list[str]], ...]:
        """``errors`` in pairs, for templates: there ``errors.items`` would be the reasons of a field named ``items``."""
        return tuple(self.errors.items())


class Invalid(Refused):
    """Input that is not understood; ``errors`` names each field (or cell) with its reasons."""

    status = 400
    code = "invalid"


class Forbidden(Refused):
    """The person may see the row but not do this."""

    status = 403
    code = "forbidden"


class Stale(Refused):
    """The row was changed by someone else since it was read."""

    status = 412
    code = "stale"


class RuleRefused(Refused):
    """A rule of the place's document stands against it; ``reasons`` cite the clauses and say what is missing."""

    status = 409
    code = "rule"
