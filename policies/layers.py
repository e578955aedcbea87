"""What lies over what: a place's rulebook with everything above it, asked by kind of question and day."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from policies.model import Document, Provision, Rule, Rulebook


@dataclass(frozen=True)
class Layers:
    """Rulebooks of a place, lowest first, the national baseline last."""

    books: tuple[Rulebook, ...]

    @property
    def place(self) -> str:
        """Slug of the lowest rulebook."""
        return self.books[0].document.place

    @property
    def document(self) -> Document:
        """The lowest document."""
        return self.books[0].document

    @property
    def revision(self) -> str:
        """Revisions of all layers, lowest first, joined: what a project is pinned to."""
        return "+".join(book.revision for book in self.books)

    def provisions(self, kind: str, day: dt.date) -> Iterator[Provision]:
        """Every provision of ``kind`` in force on ``day``, lowest layer first, in the order of the document."""
        for book in self.books:
            for rule in book.rules:
                for provision in rule.provisions:
                    if provision.kind == kind and provision.in_force(day):
                        yield provision

    def governing(
        self, kind: str, day: dt.date, where: Callable[[Provision], bool] = lambda provision: True
    ) -> tuple[Provision, ...]:
        """Provisions of the lowest document that speaks on this question; empty where none does (未作规定).

        ``where`` narrows the question (a matter, a milestone). Floors and upper musts are not folded in here: only a
        function that knows what *stricter* means for its kind can do that, see ``uppers``.
        """
        found = [p for p in self.provisions(kind, day) if where(p)]
        return tuple(p for p in found if p.place == found[0].place) if found else ()

    def uppers(
        self, kind: str, day: dt.date, where: Callable[[Provision], bool] = lambda provision: True
    ) -> tuple[Provision, ...]:
        """Floors and upper musts that the lowest answer may tighten but never loosen."""
        lowest = self.governing(kind, day, where)
        if not lowest:
            return ()
        return tuple(
            p
            for p in self.provisions(kind, day)
            if where(p) and p.place != lowest[0].place and (p.floor or p.strength == "must")
        )

    def rule(self, rule_id: str) -> tuple[Rulebook, Rule] | None:
        """The rule with this ID in any layer, with the book that holds it."""
        for book in self.books:
            rule = book.rule(rule_id)
            if rule is not None:
                return book, rule
        return None
