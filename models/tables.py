"""Every table, imported once, so that `metadata` is whole for migrations and for checks."""

from sqlmodel import SQLModel

from models.alerts.tables import Alert
from models.api_keys.tables import ApiKey, ApiKeyBudget
from models.appointments.tables import Appointment, AppointmentEvent, AppointmentFile, AppointmentQuestion
from models.archive.tables import WebhookArchive
from models.budgets import Budget
from models.campaigns.tables import Campaign, CampaignRun
from models.campaigns.timeline import CampaignEvent
from models.compliance.tables import SenderNumberRow
from models.consent.tables import Consent, ConsentEvent, LedgerErasure
from models.contacts import Contact
from models.conversations.tables import Conversation
from models.events.subscription_tables import EventDelivery, EventSubscription
from models.events.tables import Event, EventStream
from models.gaps.tables import InboundCheck, ReceiverBeat
from models.incidents import Incident
from models.kept_answers import KeptAnswer
from models.media.tables import InboundMedium
from models.messages.attempts import MessageAttempt
from models.messages.tables import Message, MessageEvent
from models.organizations import Organization
from models.policy.tables import OrganizationPolicy
from models.polling.tables import PriceCheck, StatusPoll
from models.reach.tables import ContactReach
from models.reminders.tables import Reminder, ReminderRulesText
from models.replies.tables import ReplyLookup, StoredRules, StudioStart
from models.reviews.tables import ConsentReview
from models.rights.tables import Erasure, PassedOver, RetentionMark, Suppression
from models.senders import CountryPause, Sender
from models.settling.tables import Settlement
from models.surveys.tables import SurveyAnswer, SurveyRun, SurveyVersion
from models.watches import Watch
from models.webhook_events import WebhookEvent

metadata = SQLModel.metadata

__all__ = [
    "Alert",
    "ApiKey",
    "ApiKeyBudget",
    "Appointment",
    "AppointmentEvent",
    "AppointmentFile",
    "AppointmentQuestion",
    "Budget",
    "Campaign",
    "CampaignEvent",
    "CampaignRun",
    "Consent",
    "ConsentEvent",
    "ConsentReview",
    "Contact",
    "ContactReach",
    "Conversation",
    "CountryPause",
    "Erasure",
    "Event",
    "EventDelivery",
    "EventStream",
    "EventSubscription",
    "InboundCheck",
    "InboundMedium",
    "Incident",
    "KeptAnswer",
    "LedgerErasure",
    "Message",
    "MessageAttempt",
    "MessageEvent",
    "Organization",
    "OrganizationPolicy",
    "PassedOver",
    "PriceCheck",
    "ReceiverBeat",
    "Reminder",
    "ReminderRulesText",
    "ReplyLookup",
    "RetentionMark",
    "Sender",
    "SenderNumberRow",
    "Settlement",
    "StatusPoll",
    "StoredRules",
    "StudioStart",
    "Suppression",
    "SurveyAnswer",
    "SurveyRun",
    "SurveyVersion",
    "Watch",
    "WebhookArchive",
    "WebhookEvent",
    "metadata",
]
