"""Webhooks as nobody sends them: forms and JSON of anything, cut off, forged, too large, or at the wrong place."""

import hashlib
import json
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from hypothesis import strategies as st

from tests.api.server import INBOUND, PERSON, STATUS, sign
from tests.conftest import ACCOUNT_SID, MARKETING_SERVICE
from tests.integration.outbox import sid

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
_WHOLE = {
    "AccountSid": ACCOUNT_SID,
    "MessageSid": sid(1),
    "MessageStatus": "sent",
    "From": PERSON,
    "To": "+12025550100",
    "Body": "Hi",
}
_NAMES = st.sampled_from(
    [*list(_WHOLE)[1:], "ErrorCode", "NumMedia", "MediaUrl0", "MessagingServiceSid", "OptOutType", "FromCountry"]
)
"""Without AccountSid: what another account signed is refused, and tested elsewhere."""
_ODD = ["STOP", "START", "delivered", "failed", "received", "30003", "21610", "1", "-1", "", " ", "\x00", "ZZ"]
_LIKELY = st.sampled_from(
    [*_WHOLE.values(), *_ODD, sid(2), MARKETING_SERVICE, "whatsapp:" + PERSON, "https://media.test/1"]
)
_TEXT = st.text(max_size=60)
_LONG = st.integers(1_000, 40_000).map("x".__mul__)
_VALUES = _LIKELY | _TEXT | _LONG
_FIELDS = st.lists(st.tuples(_NAMES | _TEXT, _VALUES), max_size=12)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _VALUES
_DEEP = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4), max_leaves=10
)
_QUERIES = st.sampled_from(["", "?m=1&a=1", "?m=0&a=9", "?%00=%ff", "?bodySHA256=00"])


@dataclass(frozen=True)
class MadeUp:
    """A request, with its signature."""

    address: str
    body: bytes
    content_type: str
    signature: str

    @property
    def is_signed(self) -> bool:
        """Whether Twilio could have signed it as it stands."""
        if self.content_type == JSON:
            named = dict(parse_qsl(self.address.partition("?")[2], errors="replace")).get("bodySHA256", "")
            same_body = named == hashlib.sha256(self.body).hexdigest()
            return same_body and self.signature == sign(self.address, [])
        pairs = parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True, errors="replace")
        return self.signature == sign(self.address, pairs)


@st.composite
def _forms(draw: st.DrawFn) -> MadeUp:
    address = draw(st.sampled_from([STATUS, INBOUND])) + draw(_QUERIES)
    pairs = [*draw(st.sampled_from([list(_WHOLE.items()), []])), *draw(_FIELDS)]
    return MadeUp(address, urlencode(pairs).encode(), FORM, sign(address, pairs))


@st.composite
def _jsons(draw: st.DrawFn) -> MadeUp:
    content = draw(st.dictionaries(_NAMES | _TEXT, _DEEP, max_size=8).map(lambda more: {**_WHOLE, **more}) | _DEEP)
    body = json.dumps(content, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")
    path = draw(st.sampled_from([STATUS, INBOUND]))
    address = f"{path}?m=1&a=1&bodySHA256={hashlib.sha256(body).hexdigest()}"
    return MadeUp(address, body, JSON, sign(address, []))


@st.composite
def _bytes(draw: st.DrawFn) -> MadeUp:
    """Anything at all, declared as anything, signed as a body that nothing could be read from."""
    address = draw(st.sampled_from([STATUS, INBOUND])) + draw(_QUERIES)
    body = draw(st.binary(max_size=300) | st.integers(65_000, 70_000).map(b"a=".ljust))
    content_type = draw(
        st.sampled_from([FORM, JSON, JSON + ";charset=x", "text/plain", "", "é".encode().decode("latin-1")])
    )
    return MadeUp(address, body, content_type, sign(address, []))


@st.composite
def _changed(draw: st.DrawFn) -> MadeUp:
    """One that was signed, and then changed on its way."""
    whole = draw(_forms() | _jsons())
    place = draw(st.integers(0, max(0, len(whole.body) - 1)))
    other = {STATUS: INBOUND, INBOUND: STATUS}[whole.address.partition("?")[0]]
    return draw(
        st.sampled_from(
            [
                replace(whole, body=whole.body[:place]),
                replace(whole, body=whole.body[:place] + b"%" + whole.body[place + 1 :]),
                replace(whole, body=whole.body + b"&Body=STOP"),
                replace(whole, address=other + whole.address[len(whole.address.partition("?")[0]) :]),
                replace(whole, content_type=FORM if whole.content_type == JSON else JSON),
                replace(whole, signature=""),
                replace(whole, signature=whole.signature[::-1]),
                replace(whole, signature=sign(whole.address, [], token="f0" * 16)),
            ]
        )
    )


MADE_UP = st.one_of(_forms(), _jsons(), _bytes(), _changed())
"""Requests of all these kinds."""
