"""Registers the kinds of import of this app (imported once, when the app is ready)."""

from communities.imports.kinds import register
from communities.imports.register import CommunitiesKind
from communities.imports.roll import RollKind

register(CommunitiesKind())
register(RollKind())
