"""What a campaign's file says of codes and card numbers."""

import pytest

from models.campaigns.definition import parse
from models.policy.retention_section import Retention
from models.yaml_source import DefinitionError

FILE = "name: Codes\nkind: transactional\nbody: {}\naudience: {{}}\n"


@pytest.mark.parametrize(("written", "sensitive"), [("", False), ("sensitive: true\n", True)])
def test_a_campaign_may_be_sensitive(written: str, sensitive: bool) -> None:  # noqa: FBT001 (a case's value)
    assert parse(FILE.format("Hello") + written, where="c.yaml").definition.sensitive is sensitive


def test_what_is_neither_true_nor_false_is_refused() -> None:
    with pytest.raises(DefinitionError, match="line 5, column 12: sensitive must be true or false"):
        parse(FILE.format("Hello") + "sensitive: maybe\n", where="c.yaml")


def test_the_policy_may_allow_what_is_refused_by_default() -> None:
    written = parse(FILE.format("Pay to 4111 1111 1111 1111"), where="c.yaml")
    with pytest.raises(DefinitionError, match="line 3, column 14: this looks like a card number"):
        written.checked(())
    assert written.checked((), Retention(cards="allow")).body
