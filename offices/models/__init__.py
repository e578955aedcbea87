"""Tables of the government side."""

from offices.models.access import FactorRule, RecoveryCode, SecondFactor, SingleSignOn, StaffSession
from offices.models.base import Record
from offices.models.calendar import CalendarDay, CalendarYear
from offices.models.divisions import LEVELS, Body, Division, InDivision
from offices.models.duties import Alert, Duty
from offices.models.feed import Change, Delivery, Webhook
from offices.models.files import StoredFile
from offices.models.followers import Follower
from offices.models.history import HistoryEntry, HistoryReason
from offices.models.jobs import Job
from offices.models.messages import Message, SmsMessage
from offices.models.people import ApiKey, CalendarFeed, Invitation, Membership, Scope, User
from offices.models.pulse import Pulse
from offices.models.rulebooks import RulebookRevision

__all__ = [
    "LEVELS", "Alert", "ApiKey", "Body", "CalendarDay", "CalendarFeed", "CalendarYear", "Change", "Delivery", "Division", "Duty",
    "FactorRule", "Follower", "HistoryEntry", "HistoryReason", "InDivision", "Invitation", "Job",
    "Membership", "Message", "Pulse", "Record", "RecoveryCode", "RulebookRevision", "Scope", "SecondFactor",
    "SingleSignOn", "SmsMessage", "StaffSession", "StoredFile", "User", "Webhook",
]  # fmt: skip
