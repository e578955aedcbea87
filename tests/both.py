"""Which tests run on PostgreSQL too: all but those that touch no database, those marked ``once``, and what ``ONCE`` names with its reason.

Of what ``ONCE`` names, a test that itself speaks of the database (``SPEAKS``) runs on both all the same. ``WHOLE=1`` runs everything.
"""

import inspect
import re

import pytest

EVERYWHERE = (
    "every act and every page of it is asked on PostgreSQL by tests/trust (routes, nonsense) and by the demonstration"
)
PAGES = "what pages say and forms refuse, in templates and Python; tests/trust asks the same addresses on PostgreSQL"
OWN = "starts what it needs itself, on SQLite"
FILES = "what files hold or are refused for, before or after the database"
WORDS = "the interface's own words and forms, the same whatever answers below them"
#: Folder or file of tests to why PostgreSQL could not answer otherwise.
ONCE = {
    "tests/approvals/": EVERYWHERE,
    "tests/projects/": EVERYWHERE,
    "tests/works/": EVERYWHERE,
    "tests/gates/": EVERYWHERE,
    "tests/schemes/": EVERYWHERE,
    "tests/life/": EVERYWHERE,
    "tests/journey/": OWN,
    "tests/faces/": OWN,
    "tests/policies/": "documents and their figures: no row is read",
    "tests/rules/": "pure rules: no row is read",
    "tests/test_examples.py": "pure rules: no row is read",
    "tests/trust/test_attacks_by_file.py": FILES,
    "tests/trust/test_canaries.py": PAGES,
    "tests/trust/test_abuse.py": "limits are counted in the cache, not in tables",
    "tests/trust/test_contract.py": WORDS,
    "tests/trust/test_headers.py": WORDS,
    "tests/funding/test_pages.py": PAGES,
    "tests/funding/test_homes_pages.py": PAGES,
    "tests/funding/test_settlement_pages.py": PAGES,
    "tests/funding/test_mine.py": PAGES,
    "tests/votes/test_evidence.py": FILES,
    "tests/votes/test_desk_pages.py": PAGES,
    "tests/votes/test_letters.py": FILES,
    "tests/offices/test_pages.py": PAGES,
    "tests/offices/test_ics.py": FILES,
    "tests/communities/test_pages.py": PAGES,
    "tests/communities/test_roll_pages.py": PAGES,
    "tests/communities/test_wild_tables.py": FILES,
    "tests/rest/test_documentation.py": WORDS,
    "tests/rest/test_deprecation.py": WORDS,
    "tests/rest/test_rulebooks.py": "documents over HTTP: no row is read",
    "tests/rest/test_workbook.py": FILES,
}
SPEAKS = re.compile(
    r"\w+Error\b.*django\.db|IntegrityError|DatabaseError|OperationalError|connection|cursor|select_for_update|on_commit"
)


def on_both(item: pytest.Item) -> bool:
    """Whether a test runs on PostgreSQL as well as on SQLite."""
    if item.get_closest_marker("postgres"):
        return True
    if item.get_closest_marker("once") or not _asks_the_database(item):
        return False
    return not item.nodeid.startswith(tuple(ONCE)) or speaks(item)


def speaks(item: pytest.Item) -> bool:
    """Whether a test is about the database itself: its guards, constraints and transactions."""
    function = getattr(item, "function", None)
    return function is not None and SPEAKS.search(inspect.getsource(function)) is not None


def _asks_the_database(item: pytest.Item) -> bool:
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in getattr(item, "fixturenames", ())
