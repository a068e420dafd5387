"""Card numbers and their like in a text of ours: refused, masked or allowed, as the policy says."""

from messaging.personal_data import NAMES, Found, find_personal_data, mask_all
from models.policy.retention_section import Retention


def refused_in(text: str, rules: Retention) -> Found | None:
    """The first number that may not stand in the text."""
    return next((one for one in find_personal_data(text) if rules.handling(one.kind) == "refuse"), None)


def masked(text: str, rules: Retention) -> str:
    """The text with what is to be masked in it masked."""
    return mask_all(text, [one for one in find_personal_data(text) if rules.handling(one.kind) == "mask"])


def sentence(found: Found) -> str:
    """What is wrong and what to do, without the number and without the place."""
    return (
        f"this looks like {NAMES[found.kind]}; take it out, or let the policy allow it "
        f"(`retention: {{{found.kind}s: allow}}`)"
    )
