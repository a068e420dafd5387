"""Keys of the JSON API, and the budget of requests of each."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from models.columns import labels, moment, new_id


class ApiKey(SQLModel, table=True):
    """One key of an organization; the key itself is not kept, only its prefix and its SHA-256.

    `requests_per_second` is None where the setting TIDINGS_API_REQUESTS_PER_SECOND holds.
    """

    __tablename__ = "api_keys"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organization_id: UUID = Field(foreign_key="organizations.id", index=True)
    prefix: str = Field(unique=True)
    digest: bytes = Field(sa_type=LargeBinary)
    name: str = ""
    scopes: list[str] = labels()
    requests_per_second: float | None = None
    created_at: datetime = moment(required=True)
    expires_at: datetime | None = moment()
    revoked_at: datetime | None = moment()
    last_used_at: datetime | None = moment()


class ApiKeyBudget(SQLModel, table=True):
    """When a key's requests so far are paid for (GCRA); not logged, because losing it in a crash costs nothing."""

    __tablename__ = "api_key_budgets"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    key_id: UUID = Field(foreign_key="api_keys.id", primary_key=True, ondelete="CASCADE")
    free_at: datetime = moment(required=True)
