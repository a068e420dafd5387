"""The policy of an organization, as it was written, and how often it has been replaced."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from models.columns import moment


class OrganizationPolicy(SQLModel, table=True):
    """The YAML text of an organization's policy; without a row every default holds. `version` counts from 1."""

    __tablename__ = "organization_policies"

    organization_id: UUID = Field(foreign_key="organizations.id", primary_key=True)
    written: str
    version: int = 1
    actor: str
    updated_at: datetime = moment(required=True)
