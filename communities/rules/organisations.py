"""Who signs for the owners of a community (LZ-08, JX-16). Pure."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from policies.answer import UNREGULATED, Answer, because
from policies.layers import Layers
from policies.registry import answers

SIGNATORY_LABELS = {
    "owners_committee": "业主委员会",
    "self_management_group": "居民自管小组",
    "neighbourhood_committee": "居委会",
    "neighbourhood": "社区",
}
OWN = ("owners_committee", "self_management_group")  # what residents found themselves, in the order in which they sign


@dataclass(frozen=True, kw_only=True)
class Signatory(Answer):
    """``kind``: who signs (a key of ``SIGNATORY_LABELS``), None where nobody can; ``stand_in``: it signs in the owners' place.

    ``others``: who may sign instead of it under the same words.
    """

    kind: str | None
    stand_in: bool = False
    others: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """What has to be there before anybody can sign; empty where somebody can."""
        return "" if self.kind else "没有登记业主委员会或居民自管小组，文件也没有写由谁代行"


@answers("signatory")
def signatory(layers: Layers, *, day: dt.date, standing: Collection[str]) -> Signatory:
    """Who signs on ``day`` where organisations of these kinds stand (``owners_committee``, ``self_management_group``).

    The lowest document that speaks decides. Where none does, an organisation that stands signs for its owners, and nobody stands in.
    """
    found = layers.governing("signatory", day)
    if not found:
        kind = next((key for key in OWN if key in standing), None)
        return Signatory(provision=None, reasons=UNREGULATED, kind=kind)
    provision = found[0]
    own = [key for key in provision.params.organisations if key in standing]
    if own:
        text = f"已成立{SIGNATORY_LABELS[own[0]]}，由其签字"
        return Signatory(
            provision=provision, reasons=(because(layers, provision, text),), kind=own[0], others=tuple(own[1:])
        )
    names = "、".join(SIGNATORY_LABELS[key] for key in provision.params.organisations)
    if not provision.params.stand_in:
        reason = because(layers, provision, f"{names}都没有成立", missing=f"须先成立{names}之一")
        return Signatory(provision=provision, reasons=(reason,), kind=None)
    kind, *others = provision.params.stand_in
    word = "可由" if provision.strength == "may" else "由"
    text = f"{names}都没有成立，{word}{'或'.join(SIGNATORY_LABELS[key] for key in provision.params.stand_in)}代行"
    return Signatory(
        provision=provision, reasons=(because(layers, provision, text),), kind=kind, stand_in=True, others=tuple(others)
    )
