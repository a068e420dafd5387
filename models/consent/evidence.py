"""What proves a consent or an opt-out: kept with its entry of the ledger, and never changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words the person saw and which version of them, where they came from, and where the proof is kept.

    `proof` refers to the original: a form's id, a recording; `more` is whatever else a writer knows.
    """

    wording: str | None = None
    wording_version: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    proof: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    def values(self) -> dict[str, str | None]:
        """As the parameters that `EVIDENCE` takes."""
        return {
            "wording": self.wording,
            "wording_version": self.wording_version,
            "ip": self.ip,
            "user_agent": self.user_agent,
            "proof": self.proof,
            "evidence": json.dumps(dict(self.more)),
        }


EVIDENCE: Mapping[str, str] = {
    "wording": "CAST(:wording AS text)",
    "wording_version": "CAST(:wording_version AS text)",
    "ip": "CAST(:ip AS text)",
    "user_agent": "CAST(:user_agent AS text)",
    "proof": "CAST(:proof AS text)",
    "evidence": "CAST(:evidence AS jsonb)",
}
"""The columns of an entry that one piece of evidence fills, as SQL."""

NO_EVIDENCE = Evidence()
