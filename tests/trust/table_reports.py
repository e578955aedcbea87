"""The route table of what is told of money and works: the same kind of entries as ``tests/trust/table.py``."""

from tests.trust.route import CLERK, EVERYBODY, OPEN, PLACE, STAFF, Route, Write
from tests.trust.route import uid as _uid

REPORTS: dict[str, Route] = {
    "portal:overview_index": Route(OPEN),
    "portal:overview": Route(OPEN, _uid("county")),
    "portal:open_data": Route(OPEN),
    "portal:dataset": Route(OPEN, lambda rows: {"key": "money", "format": "csv"}),
    "staff_dashboard": Route(STAFF),
    "staff_behind": Route(STAFF),
    "staff_month_report": Route(STAFF, lambda rows: {"form": "xlsx"}),
    "staff_rule": Route(STAFF, lambda rows: {"rule_id": "RC-07"}),
    "portal:money": Route(OPEN, _uid("community")),
    "api:statistic-list": Route(OPEN, query=lambda rows: {"division": str(rows.county.uid), "year": "2026"}),
    "api:disclosure-list": Route(OPEN),
    "api:disclosure-detail": Route(OPEN, _uid("project")),
    "funding:reports": Route(STAFF),
    "funding:report_file": Route(PLACE, query=lambda rows: {"division": str(rows.county.uid), "report": "payments"}),
    "funding:report_job": Route(
        None,
        write=(Write(EVERYBODY - {"foreign"}, lambda rows: {"format": "xlsx"}),),
        query=lambda rows: {"division": str(rows.county.uid), "report": "payments"},
    ),
    "api:money-report-jobs": Route(
        None,
        lambda rows: {"key": "ledger"},
        (Write(EVERYBODY - {"foreign"}, lambda rows: {"division": str(rows.county.uid), "format": "pdf"}),),
    ),
    "offices:jobs": Route(STAFF),
    "staff_dictionary": Route(STAFF),
    "staff_rulebook_trial": Route(STAFF),
    "staff_exports": Route(
        STAFF, write=(Write(EVERYBODY, lambda rows: {"resource": "projects", "format": "csv"}, foreign=()),)
    ),
    "api:exports": Route(
        STAFF,
        write=(Write(EVERYBODY, lambda rows: {"resource": "projects", "format": "csv"}, foreign=()),),
    ),
    "offices:job": Route(PLACE, _uid("job")),
    "offices:job_progress": Route(PLACE, _uid("job")),
    "offices:job_cancel": Route(None, _uid("job"), (Write(CLERK),)),
    "api:job-list": Route(STAFF),
    "api:job-export": Route(STAFF),
    "api:job-detail": Route(PLACE, _uid("job")),
    "api:job-cancel": Route(None, _uid("job"), (Write(CLERK),)),
    "api:job-file": Route(PLACE, _uid("job_done")),
    "api:money-report-list": Route(STAFF),
    "api:money-report-detail": Route(
        PLACE, lambda rows: {"key": "ledger"}, query=lambda rows: {"division": str(rows.county.uid)}
    ),
}
