"""Which words of a search are asked of the index, and when it is better to look at product after product."""

from hypothesis import given
from hypothesis import strategies as st

from cuelight.catalog.sampling import Sample
from cuelight.catalog.search_ways import KEPT, Key, everything_asked, keys_of, soonest
from cuelight.catalog.words import NAME_ENDS

SIZE = 1_000_000


def sample(shares: dict[str, float], products: int = 1_000) -> Sample:
    """Each word in the products whose number it divides: ``{"gold": 0.5}`` is every second one, shifted by the word."""
    texts = {}
    for number in range(products):
        words = [
            word
            for place, (word, share) in enumerate(shares.items())
            if (number * (2 * place + 1) * 7919 + place * 104_729) % products < share * products
        ]
        texts[number] = "".join(f" {word}" for word in words) + NAME_ENDS
    return Sample({number: text.partition(NAME_ENDS)[0] for number, text in texts.items()}, texts, SIZE)


def test_what_can_be_asked_for_a_word() -> None:
    assert keys_of("g") == [Key("g", "g")]
    assert keys_of("go") == [Key("go", "go")]
    assert keys_of("gol") == [Key("gol", "gol"), Key("gol", "go")]
    assert keys_of("gold") == [Key("gold", "gold"), Key("gold", "go")]
    assert keys_of("golden") == [Key("golden", "golden"), Key("golden", "gold")]
    assert [key.is_kept for key in keys_of("golden")] == [False, True]


def test_one_common_word_is_found_soonest_in_order() -> None:
    way = soonest(sample({"gold": 0.4}), ["gold"], 50)
    assert way.keys == []
    assert way.compared == ["gold"]


def test_one_rare_word_is_asked_as_it_is() -> None:
    way = soonest(sample({"zibaro": 0.002, "gold": 0.4}), ["zibaro"], 50)
    assert [key.start for key in way.keys] in (["zibaro"], ["ziba"])


def test_two_common_words_that_hardly_go_together_are_both_asked_by_what_is_kept() -> None:
    shares = {"candle": 0.04, "earring": 0.04}
    way = soonest(sample(shares), ["candle", "earring"], 50)
    assert {key.start for key in way.keys} == {"cand", "earr"}
    # What is kept is only the beginning of these, so their text is looked through, too.
    assert set(way.compared) == {"candle", "earring"}


def test_a_small_studio_asks_for_everything() -> None:
    way = everything_asked(["gold", "hoops"])
    assert [key.start for key in way.keys] == ["gold", "hoops"]
    assert way.compared == []


@given(
    st.dictionaries(st.text("abcde", min_size=1, max_size=6), st.floats(0, 1), min_size=1, max_size=6),
    st.integers(1, 1_000),
)
def test_every_word_is_asked_for_exactly_or_compared(shares: dict[str, float], need: int) -> None:
    typed = list(shares)[:4]
    way = soonest(sample(shares, products=60), typed, need)
    exact = {key.word for key in way.keys if key.start == key.word}
    assert exact | set(way.compared) == set(typed)
    assert all(key.word.startswith(key.start) for key in way.keys)
    assert all(len(key.start) in KEPT or key.start == key.word for key in way.keys)
    assert len({key.word for key in way.keys}) == len(way.keys)
