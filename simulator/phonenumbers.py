"""The account's numbers, as `GET …/IncomingPhoneNumbers.json` and `…/SMS/ShortCodes.json` list them.

https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource#list-incomingphonenumber-resources
"""

from hashlib import blake2b

from aiohttp import web

from simulator.answers import json_answer
from simulator.errors import TwilioError
from simulator.exchange import Exchange
from simulator.messages import API_VERSION
from simulator.numbers import is_number


class PhoneNumbersApi:
    """The numbers of every pool, and those that people have written to."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> list[web.RouteDef]:
        """Where the handlers belong."""
        account = f"/{API_VERSION}/Accounts/{{account}}"
        return [
            web.get(f"{account}/IncomingPhoneNumbers.json", self.numbers),
            web.get(f"{account}/SMS/ShortCodes.json", self.short_codes),
        ]

    async def numbers(self, request: web.Request) -> web.StreamResponse:
        """All numbers, on one page."""
        account = self._authorize(request)
        senders = self._exchange.senders
        main = self._exchange.credentials.account_sid
        pools = (
            number
            for service, pool in senders.pools().items()
            if (senders.account_of(service) or main) == account
            for number in pool
        )
        written_to = (entry.to for entry in self._exchange.inbound_log.entries if is_number(entry.to))
        found = sorted({*pools, *(written_to if account == main else ())})
        return json_answer(_page(request, "incoming_phone_numbers", [_number(account, one) for one in found]))

    async def short_codes(self, request: web.Request) -> web.StreamResponse:
        """None: the simulated account has no short code."""
        self._authorize(request)
        return json_answer(_page(request, "short_codes", []))

    def _authorize(self, request: web.Request) -> str:
        account = str(request.match_info["account"])
        if not self._exchange.credentials.authenticate(request.headers.get("Authorization"), account=account):
            raise TwilioError(20003)
        return account


def _number(account_sid: str, number: str) -> dict[str, object]:
    sid = "PN" + blake2b(number.encode(), digest_size=16).hexdigest()
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "capabilities": {"voice": False, "sms": True, "mms": True, "fax": False},
        "friendly_name": number,
        "phone_number": number,
        "sid": sid,
        "uri": f"/{API_VERSION}/Accounts/{account_sid}/IncomingPhoneNumbers/{sid}.json",
    }


def _page(request: web.Request, name: str, items: list[dict[str, object]]) -> dict[str, object]:
    return {
        name: items,
        "page": 0,
        "page_size": max(len(items), 50),
        "start": 0,
        "end": max(len(items) - 1, 0),
        "uri": request.path_qs,
        "first_page_uri": request.path_qs,
        "next_page_uri": None,
        "previous_page_uri": None,
    }
