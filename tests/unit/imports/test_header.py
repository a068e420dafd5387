"""Which column is which field, and which becomes an attribute."""

from collections.abc import Mapping, Sequence

import pytest

from models.imports.header import HeaderRefused, read_header


@pytest.mark.parametrize(
    ("names", "columns", "fields", "attributes"),
    [
        pytest.param(["phone", "plan"], {}, {"phone": 0}, {"plan": 1}, id="by name"),
        pytest.param([" PHONE ", "First Name"], {}, {"phone": 0, "first_name": 1}, {}, id="case, blanks, spaces"),
        pytest.param(
            ["Phone", "Loyalty points"], {}, {"phone": 0}, {"Loyalty points": 1}, id="attribute as written"
        ),
        pytest.param(["Mobil", "Ort"], {"phone": "mobil"}, {"phone": 0}, {"Ort": 1}, id="mapped field"),
        pytest.param(["phone", "Ort"], {"city": "ORT"}, {"phone": 0}, {"city": 1}, id="mapped attribute"),
        pytest.param(["phone", "sms"], {"Phone": "sms"}, {"phone": 1}, {}, id="mapping outweighs the name"),
        pytest.param(
            ["phone", "line", "value", "reason"], {}, {"phone": 0}, {}, id="a corrected file of refused rows"
        ),
        pytest.param(["line", "phone"], {}, {"phone": 1}, {"line": 0}, id="a column of that name of one's own"),
    ],
)
def test_columns_are_found(
    names: Sequence[str], columns: Mapping[str, str], fields: dict[str, int], attributes: dict[str, int]
) -> None:
    header = read_header(names, columns=columns)
    assert (header.fields, header.attributes) == (fields, attributes)


def test_a_mapping_to_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(HeaderRefused, match='no column "Mobile" to map; the file has "phone", "plan"'):
        read_header(["phone", "plan"], columns={"phone": "Mobile"})


def test_a_file_without_a_header_does_not_list_itself_endlessly() -> None:
    with pytest.raises(HeaderRefused, match="and 30 more") as refused:
        read_header([f"{number}{'x' * 1000}" for number in range(50)], columns={})
    assert len(str(refused.value)) < 1_500
