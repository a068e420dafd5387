"""How many segments a text is sent in (GSM 03.38, 3GPP TS 23.038 and 23.040)."""

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("\f^{}\\[~]|€")
_SEVEN_BIT = _BASIC | _EXTENDED


def count_segments(body: str) -> int:
    """Segments of a body: 160/153 GSM-7 septets or 70/67 UTF-16 units each; an empty body is one."""
    if not _SEVEN_BIT.issuperset(body):
        return _split([len(char.encode("utf-16-le", "surrogatepass")) // 2 for char in body], 70, 67)
    return _split([2 if char in _EXTENDED else 1 for char in body], 160, 153)


def _split(sizes: list[int], alone: int, joined: int) -> int:
    if sum(sizes) <= alone:
        return 1
    segments, used = 1, 0
    for size in sizes:  # an escape or surrogate pair never straddles two segments
        if used + size > joined:
            segments, used = segments + 1, 0
        used += size
    return segments
