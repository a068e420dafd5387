"""Every table, imported once, so that `metadata` is whole for migrations and for checks."""

from sqlmodel import SQLModel

from models.budgets import Budget
from models.campaigns.tables import Campaign, CampaignRun
from models.campaigns.timeline import CampaignEvent
from models.consent.tables import Consent, ConsentEvent
from models.contacts import Contact
from models.conversations import Conversation
from models.incidents import Incident
from models.messages.tables import Message, MessageEvent
from models.organizations import Organization
from models.senders import CountryPause, Sender
from models.settling.tables import Settlement
from models.webhook_events import WebhookEvent

metadata = SQLModel.metadata

__all__ = [
    "Budget",
    "Campaign",
    "CampaignEvent",
    "CampaignRun",
    "Consent",
    "ConsentEvent",
    "Contact",
    "Conversation",
    "CountryPause",
    "Incident",
    "Message",
    "MessageEvent",
    "Organization",
    "Sender",
    "Settlement",
    "WebhookEvent",
    "metadata",
]
