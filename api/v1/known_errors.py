"""Which problem an error of ours is; its own sentence becomes the detail."""

from api.database_faults import NotStoredError
from api.prefect_runs import PrefectUnavailable
from api.v1.problems import Kind
from messaging.consent.conditions import ConditionsMissing
from messaging.errors import SettingsError
from messaging.phone_refusals import PhoneRefused
from models.appointments.states import NoSuchAppointment
from models.campaigns.control import WrongState
from models.campaigns.starting import RunCanceled, WindowPassed
from models.campaigns.store import NoSuchCampaign
from models.compliance.starting import SenderNotAllowed
from models.consent.recording import OptedOut
from models.contacts import NoSuchContact
from models.conversations.listing import NoSuchConversation
from models.events.deliveries import NoSuchDelivery
from models.events.subscriptions import NoSuchSubscription
from models.kept_answers import KeyReused
from models.messages.direct import drafts
from models.messages.lookup import NoSuchMessage, NoSuchState
from models.reviews.deciding import AlreadyDecided, NoSuchReview
from models.rights.suppressed import HashKeyLost, PersonErased
from models.senders import NoSender
from models.yaml_source import DefinitionError

_KINDS: dict[type[Exception], Kind] = {
    NotStoredError: Kind.UNAVAILABLE,
    SettingsError: Kind.UNAVAILABLE,
    PrefectUnavailable: Kind.UNAVAILABLE,
    NoSuchCampaign: Kind.NOT_FOUND,
    NoSuchAppointment: Kind.NOT_FOUND,
    NoSuchContact: Kind.NOT_FOUND,
    NoSuchMessage: Kind.NOT_FOUND,
    NoSuchState: Kind.INVALID,
    NoSuchDelivery: Kind.NOT_FOUND,
    NoSuchSubscription: Kind.NOT_FOUND,
    WrongState: Kind.CONFLICT,
    OptedOut: Kind.CONFLICT,
    ConditionsMissing: Kind.INVALID,
    NoSuchReview: Kind.NOT_FOUND,
    AlreadyDecided: Kind.CONFLICT,
    PersonErased: Kind.CONFLICT,
    HashKeyLost: Kind.UNAVAILABLE,
    RunCanceled: Kind.CONFLICT,
    WindowPassed: Kind.CONFLICT,
    NoSender: Kind.CONFLICT,
    SenderNotAllowed: Kind.CONFLICT,
    DefinitionError: Kind.INVALID,
    PhoneRefused: Kind.INVALID,
    KeyReused: Kind.KEY_REUSED,
    drafts.KeyReused: Kind.KEY_REUSED,
    NoSuchConversation: Kind.NOT_FOUND,
}


def kind_of(error: Exception) -> Kind:
    """The kind of a known error; any other of ours is something the request asked for wrongly."""
    return next((kind for known, kind in _KINDS.items() if isinstance(error, known)), Kind.INVALID)
