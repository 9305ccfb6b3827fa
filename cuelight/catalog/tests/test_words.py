from cuelight.catalog import words


def test_accents_and_case_do_not_matter() -> None:
    assert words.words("Crème BRÛLÉE, Ørsted & Straße №5") == ["creme", "brulee", "orsted", "strasse", "no5"]


def test_a_product_is_found_by_all_it_is_called() -> None:
    text = words.search_text(
        {
            "name": "Gold Hoops",
            "short_name": "Hoops",
            "sku": "PV-100",
            "pid": "1729384",
            "tags": ["earrings"],
            "description": "Shiny gold",
            "variants": [{"title": "Large", "sku": "PV-100-L", "barcode": None}],
        }
    )
    assert text.split() == [
        "gold", "hoops", "pv", "100", "pv100", "1729384", "earrings", "large", "l", "pv100l", "shiny",
    ]  # fmt: skip
