"""The numbers of Messaging Services: each has a pool, and a recipient keeps hearing from the same number."""

from hashlib import blake2b

from simulator.numbers import split_channel

_AREAS = ("202", "212", "312", "415", "512", "617", "702", "808")
_NUMBERS_PER_AREA = 100  # +1 AREA 555 0100 to 0199 are reserved for fiction


class Senders:
    """Pools of fictional numbers, handed out in the order in which services are first seen."""

    def __init__(self) -> None:
        self._pools: dict[str, list[str]] = {}
        self._service_of: dict[str, str] = {}
        self._account_of: dict[str, str] = {}
        self._next = 0

    def pool(self, service_sid: str, *, size: int) -> list[str]:
        """The service's numbers, made on first sight."""
        pool = self._pools.get(service_sid)
        if pool is None:
            pool = [self._new_number(service_sid) for _ in range(size)]
            self._pools[service_sid] = pool
        return pool

    def sticky(self, service_sid: str, to: str, *, size: int) -> str:
        """The number of the pool that this recipient always hears from, on the recipient's channel."""
        pool = self.pool(service_sid, size=size)
        channel, number = split_channel(to)
        return channel + pool[int.from_bytes(blake2b(number.encode(), digest_size=4).digest()) % len(pool)]

    def service_of(self, number: str) -> str | None:
        """The Messaging Service whose pool holds the number."""
        return self._service_of.get(number)

    def belongs_to(self, service_sid: str, account_sid: str) -> bool:
        """Whether the service is the account's: of the account that named it first."""
        return self._account_of.setdefault(service_sid, account_sid) == account_sid

    def account_of(self, service_sid: str) -> str | None:
        """The account that named the service first, if any has."""
        return self._account_of.get(service_sid)

    def pools(self) -> dict[str, list[str]]:
        """Every service seen, with its numbers."""
        return self._pools

    def _new_number(self, service_sid: str) -> str:
        area, line = divmod(self._next, _NUMBERS_PER_AREA)
        number = f"+1{_AREAS[area % len(_AREAS)]}55501{line:02}"
        self._next += 1
        self._service_of.setdefault(number, service_sid)
        return number
