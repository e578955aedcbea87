"""What every answer to a legal question has in common: the provision that decided, and reasons that cite their clause."""

from dataclasses import dataclass

from policies.layers import Layers
from policies.model import Provision
from policies.refusal import Citation, Reason, cite


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Base of all answers. ``provision`` decided; None means 未作规定: no document here or above speaks, and nothing is blocked."""

    provision: Provision | None
    reasons: tuple[Reason, ...] = ()

    @property
    def rule(self) -> str | None:
        """ID of the rule that decided, None where nothing is regulated."""
        return self.provision.rule_id if self.provision else None

    @property
    def regulated(self) -> bool:
        """Whether any document speaks on this question."""
        return self.provision is not None


def citation(layers: Layers, provision: Provision) -> Citation:
    """Where ``provision`` stands in the document of its layer."""
    document = next(book.document for book in layers.books if book.document.place == provision.place)
    return cite(provision, document)


def because(layers: Layers, provision: Provision, text: str, missing: str = "") -> Reason:
    """A reason in Chinese with its clause; ``missing`` says what is still needed, in numbers."""
    return Reason(text=text, citation=citation(layers, provision), missing=missing)


UNREGULATED = (Reason(text="未作规定"),)
