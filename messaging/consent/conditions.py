"""What must be proved of a consent that is none of the plain ones, when it is recorded."""

from messaging.errors import TidingsError


class ConditionsMissing(TidingsError):
    """The evidence does not show what this kind of consent needs; the text says what to add."""


def require_conditions(method: str, *, proof: str | None, wording: str | None) -> None:
    """Raises `ConditionsMissing` for a sale or a confirmation that names no proof.

    A soft opt-in (Directive 2002/58/EC article 13(2); for the United Kingdom PECR regulation 22(3)) needs a sale
    of one's own, in which the number was given, and a way to say no that was offered there; that only similar
    products are offered is up to the campaign. A double opt-in that was made elsewhere needs the confirmation.
    """
    if method == "soft_opt_in" and not (proof and wording):
        raise ConditionsMissing(
            "A soft opt-in needs the sale as its proof, and the wording by which a no was offered with it; "
            "give both, or record no consent."
        )
    if method == "double_opt_in" and not proof:
        raise ConditionsMissing("A double opt-in needs the confirmation as its proof; name it, or another method.")
