"""URLs of the government side: ``staff`` joins under ``/staff/``, ``api`` is (prefix, viewset, basename)."""

from typing import Any

from django.urls import path, register_converter

from offices.api import BodyViewSet, DeadlineViewSet, DivisionViewSet, JobViewSet
from offices.webhook_api import WebhookViewSet
from offices.workspace import access, account, bodies, inbox, jobs, official, people, records, webhooks


class WebhookAct:
    """What can be done to a webhook by a button."""

    regex = "try|rotate|stop|go|remove"

    def to_python(self, value: str) -> str:
        """As it stands in the address."""
        return value

    to_url = to_python


register_converter(WebhookAct, "webhook_act")
app_name = "offices"
portal: list[Any] = []
staff: list[Any] = [
    path("login/", account.Login.as_view(), name="login"),
    path("logout/", account.Logout.as_view(), name="logout"),
    path("password/", account.password, name="password"),
    path("second-factor/", access.second_factor, name="second_factor"),
    path("second-factor/enrol/", access.enrol, name="enrol"),
    path("single-sign-on/", access.go_to_provider, name="single_sign_on"),
    path("single-sign-on/back/", access.back_from_provider, name="single_sign_on_back"),
    path("account/", access.account, name="account"),
    path("account/codes/", access.recovery_codes, name="recovery_codes"),
    path("account/factor-off/", access.factor_off, name="factor_off"),
    path("account/sign-out/", access.sign_out_all, name="sign_out_all"),
    path("account/require/<uuid:uid>/", access.require_factor, name="require_factor"),
    path("keys/", account.key_list, name="keys"),
    path("keys/<uuid:uid>/revoke/", account.revoke, name="revoke_key"),
    path("webhooks/", webhooks.webhook_list, name="webhooks"),
    path("webhooks/<uuid:uid>/", webhooks.webhook_page, name="webhook"),
    path("webhooks/<uuid:uid>/<webhook_act:what>/", webhooks.webhook_act, name="webhook_act"),
    path("webhooks/<uuid:uid>/<uuid:delivery>/", webhooks.send_again, name="send_again"),
    path("messages/", inbox.inbox, name="messages"),
    path("messages/read/", inbox.read_all, name="read_all"),
    path("messages/<uuid:uid>/", inbox.open_message, name="message"),
    path("files/<uuid:uid>/", inbox.stored_file, name="file"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<uuid:uid>/", jobs.job_page, name="job"),
    path("jobs/<uuid:uid>/progress/", jobs.progress, name="job_progress"),
    path("jobs/<uuid:uid>/cancel/", jobs.cancel, name="job_cancel"),
    path("bodies/", bodies.body_list, name="bodies"),
    path("bodies/<uuid:uid>/", bodies.body_page, name="body"),
    path("forms/<slug:kind>/<uuid:uid>/<slug:form>/", official.form_file, name="form"),
    path("join/", people.join, name="join"),
    path("bodies/<uuid:uid>/invite/", people.invite, name="invite"),
    path("bodies/<uuid:uid>/invite/<uuid:invitation>/withdraw/", people.withdraw, name="withdraw_invitation"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/", people.member, name="member"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/hand-over/", people.hand_over, name="hand_over_work"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/move/", people.move, name="move"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/dismiss/", bodies.dismiss, name="dismiss"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/reset/", bodies.reset, name="reset"),
    path("bodies/<uuid:uid>/members/<uuid:membership>/factor/", access.reset_factor, name="reset_factor"),
    path("calendar/", records.calendar_page, name="calendar"),
    path("history/", records.history_page, name="history"),
]
api: list[tuple[str, Any, str]] = [
    ("divisions", DivisionViewSet, "division"),
    ("bodies", BodyViewSet, "body"),
    ("deadlines", DeadlineViewSet, "deadline"),
    ("webhooks", WebhookViewSet, "webhook"),
    ("jobs", JobViewSet, "job"),
]
