"""Reads the TwiML a webhook answers an inbound message with: https://www.twilio.com/docs/messaging/twiml"""

from dataclasses import dataclass
from xml.etree import ElementTree as Xml


@dataclass(frozen=True, slots=True)
class Reply:
    """One `<Message>` of the answer; `to` and `sender` are empty unless it says otherwise than back."""

    body: str
    media: list[str]
    to: str = ""
    sender: str = ""
    callback_url: str = ""


def replies(text: str) -> list[Reply]:
    """The messages of a TwiML document; an empty answer and one that is not TwiML have none."""
    if not text.strip() or "<!DOCTYPE" in text:
        return []
    try:
        root = Xml.fromstring(text.strip())  # noqa: S314 - entities need a DOCTYPE, which is refused above
    except Xml.ParseError:
        return []
    if root.tag != "Response":
        return []
    return [_reply(element) for element in root if element.tag in ("Message", "Sms")]


def _reply(element: Xml.Element) -> Reply:
    bodies = [child.text or "" for child in element if child.tag == "Body"]
    return Reply(
        body="".join(bodies) if bodies else (element.text or "").strip(),
        media=[(child.text or "").strip() for child in element if child.tag == "Media"],
        to=element.get("to", ""),
        sender=element.get("from", ""),
        callback_url=element.get("statusCallback") or element.get("action") or "",
    )
