"""The words that tell what a number or a name in chat means, for `wanting`. Pure.

Words are folded. Whoever adds one adds the line of chat that needed it to `tests/labelled_chat.jsonl`.
"""

import re
from collections.abc import Sequence
from typing import Protocol


def stem(word: str) -> str:
    """Without the plural, and so that "huggie" and "butterfly" meet "huggies" and "butterflies"."""
    if len(word) > 3 and word[-1] == "s" and word[-2] not in "siu":
        word = word[:-1]
    return word[:-1] + "ie" if len(word) > 3 and word[-1] == "y" and word[-2] not in "aeou" else word


class Piece(Protocol):
    """A token of `wanting`."""

    @property
    def text(self) -> str: ...


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


#: Stuck to a number, before it and behind it.
MARKS_ATTACHED = "no|nr|n|nº|num|item|number|lot|sold|want|nummer|numero|artikel"
BEHIND_ATTACHED = "pl[sz]+|please+|mine|sold|me"

_MARKS = _set("# no nr num number item lot product nummer numero nro artikel articulo producto номер numer nummero art")
#: Between the numbers of one list. "5 - 10 minutes" is one, too: both are minutes.
JOINING = _set(", and & or + n y und et o e и / - oder ou then plus # vs")

_NUMBERS_IN_WORDS = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
    seventeen eighteen nineteen twenty"""
NUMBER_WORDS = {word: number for number, word in enumerate(_NUMBERS_IN_WORDS.split(), start=1)}

_COLORS = _set("gold silver rose white black brown blue pink red green yellow mixed pearl clear rosegold")

#: Beside a number, these make it an amount of something.
_UNITS = _set(
    "mm cm inch inches ft feet foot k kt karat karats carat carats ct cts g gram grams oz lb lbs kg percent % $"
    " € £ ¥ ₹ ₩ dollar dollars bucks buck usd eur euro euros pound pounds quid cent cents peso pesos cad aud min"
    " mins minute minutes minuten minutos sec secs second seconds h hr hrs hour hours day days tage dias week weeks"
    " month months year years yr yrs yo ano anos jahre ans am pm est pst uhr oclock o' o people ppl peeps persons"
    " personas person viewers viewer watching followers follower subs likes like hearts girls guys kids ladies"
    " friends times time left more remaining pcs pieces pairs pair sets items orders stars star ⭐ ★ off each degrees"
    " points miles packs boxes tiers layers strands charms stones total dozen thousand"
    " million views shares gifts coins restantes personnes leute grad enero febrero marzo abril mayo junio julio"
)
_MONTHS = _set(
    "jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov"
    " november dec december mai juin juli mayo enero"
)
#: Before a number, these make it a size, a time, an age, a price or a place.
_AMOUNTS = _set(
    "size sizes sz since at @ by until till til before after from under over above below around approx almost nearly"
    " only top level season day part round page week chapter episode ep grade row floor apt room x times minus age"
    " aged turned turning code zip paid spent cost costs pay im shes hes hers hers theyre wear wears a an my its was"
    " like than vs las um tengo somos am $ € £ ¥ ₹ ₩ ~ < > = be gate channel version rated score street route about"
    " every"
)
_PERSONS = _set(
    "i she he am im daughter son kid mom mother dad niece nephew granddaughter sister brother baby cat dog girl boy"
    " wife husband who they were we there got just my"
)
_SIZES = _set("size sizes sz")

_NO_NUMBER = re.compile(
    r"\b(?:lucky|birthday|bday|anniversary|zip|married|cumple|cumpleanos|geburtstag)\b|(?:number|no|#) 1 (?:fan"
    r"|seller|best|host|mom|choice|live|shop|brand|in)\b|\b(?:you|your|youre|we|were|are|is|always|still|ur|the"
    r"|my) (?:number|#|no) 1\b|\b3 , ?2 , ?1\b|\b3 2 1\b|\bno \d+ (?:are|is|alike)\b|\bbuy \d+ get\b|\b\d+ (?:is"
    r"|are) too (?:many|much)\b|\btype \d+ if\b|\bsave \d+ (?:with|on|off|at|when|if)\b|\b\d+ and up\b|\b(?:cloud"
    r"|catch|forever) \d+\b|\bpress \d+\b"
)
_OWNED = re.compile(
    r"\balready (?:have|got|own|bought|wearing|purchased)\b|\b(?:arrived|came (?:in|yesterday|today)|broke)\b"
    r"|\blast (?:week|month|time|year|night|show|live)\b|\byesterday\b|\bago\b"
    r"|\bnot (?:the|a|feeling|into|a fan)\b|\bdont (?:want|like|need)\b"
)

_WISH = re.compile(
    r"(?:^| )(?:want\w*|getting|snatch|throw in|gotta have|must have|how many \w+ is|wants|better|prefer|choose"
    r"|which|like|bring|bring back|waiting on|snag|nab|miss|missed|checked out|say|said|where is|wheres|wanna (?:get"
    r"|buy|see)|need\w*|take|have|get|buy|buying|bought|order|ordered|ordering|grab|claim|claiming|claimed|dibs on"
    r"|dibs|add|sold|show|showing|see|seen|reshow|back to|love\w*|loving|obsessed with|gimme|give|lemme"
    r"|put me down for|put|hold|save|what about|how about|about|info on|info|details on|(?:how )?much is|how much"
    r"|price|price of|price on|price for|cost of|link|link for|link to|waiting for|wait for|here for|looking for"
    r"|hoping for|zoom in on|zoom on|try on|try|wearing|team|vote|vote for|whats|what is|whats up with|restock|both"
    r"|between|can i do|pls do|please do|do|interested in|ready for|excited for|cart|with|need 2|is it|on sale"
    r"|mark me for|quiero|quisiera|dame|das|kiero|veux|voudrais|prends|nehme|mochte|will|kaufe|voglio|prendo|vorrei"
    r"|quero|cuesta|vale|kostet|costa|combien|хочу|beli|ambil|mau|preciso)(?: (?:the|that|this|me|us|also|some|both"
    r"|el|la|le|die|der|das|den|il|o|os|no|für|up|on|for|like|pls|please|omg))*$"
)
_ABOUT = re.compile(
    r"(?:how|what|tell me|tell us|more|info|know|question|ask|details|tell|curious|thoughts) (?:more )?about$"
)
_ASKED_OF = _set("is does will are do can has did was would could")
_BEFORE_ASKED_OF = _set(
    "when how much what whats why where big long size and but or so hi hey omg wait wide heavy thick color which ok"
    " also material metal"
)
_BEHIND = re.compile(
    r"(?:i cant|cant|with|or bust|hands down|pl[sz]+|plea+se+|plss*|mine|me|sold|again|next|still|back"
    r"|still available|for me|restock|in (?:gold|silver|rose|white|black|brown|blue|pink|stock|size|a size|the|my)"
    r"|size|por favor|bitte|svp|porfa|how (?:much|long|big|wide|thick|heavy|does|do|is)|price|link|would|looks?"
    r"|is (?!my\b|too\b|the age|enough|a lot|when\b)\w+|was (?:so|my|gorgeous)|x \d|aside|, \w+|for (?:my|the|both"
    r"|us)|in (?:both|all|every|any)|(?:mama|girl|babe|queen|sis|hun)$|vs)\b"
)
_LEADS = _set(
    "hi hey hello omg omgg ok okay yes yess yesss yas oh ooh wow and but so i think that the or pls please also"
    ' number item # wait guys girl queen no just ! , . ? : ( " honestly me finally fine to'
)
_ALONE = _set(
    "pls plz plss plsss please pleasee pleaseee plsplz and or & the me mine sold hi hey hello yes yess yas omg omgg"
    " ok okay oh now i too also again next thanks thank you ty tysm girl queen babe por favor porfa bitte svp s il"
    " vous plait sil plaît one asap wow nice first then el la le die der das den il lo o nummer for my fav favorite"
    " favourite still number item no nr # in gold silver rose white black brown blue pink x love need want wants it"
    ' this that , . ! ? & + ( ) " ” : - amethyst garnet y und et e both yesss hiii pleaseeee yay ooh ohh aww cute'
    " pretty gorgeous beautiful stunning fire wanttt available mama sis hun finally fine to"
)

#: What alone is no name: materials, kinds of things. Two of these together neither.
_GENERIC = _stems(
    "gold silver rose white black brown blue pink red green ring necklace earring bracelet chain set stud hoop pendant"
    " jewelry jewellery small large mini big band size color piece"
)
#: Of everyday's chat: what has them in its name is called by two words.
EVERYDAY = _GENERIC | _stems(
    "pearl heart star bar name coin snake travel case cloth drop dome charm tennis chunky dainty layered initial"
    " leather wrap rope twisted evil eye ear cut duo trio cuff halo link polishing cuban climber stackable stacking"
    " stack opal tiny flower moon cross bow love baby classic new simple super long short thin thick double single"
    " round square oval light dark summer winter spring beach party gift box bag card water cream oil mask soap"
    " candle shirt dress shoe jean top lucky angel wing key lock tree leaf rain sun sunny cloud ocean wave sweet"
    " sugar honey cherry lemon berry vintage retro lady queen king girl boy mama mother sister friend live best good"
    " great perfect little everyday travel home kit"
)
_CALLING = _set(
    "the that this these those want wanted need love loving show see get buy any more obsessed order ordered grab add"
    " another wants needs do you have got of on for with and or & , sold claim dibs"
)
_CALLED = _set(
    "over length pls plz please plss plsss one ones is are real again back price link and or & , . ! ? for pinch"
    " open come still omg so too with next how size does has look looks tarnish sparkle in on me mine sold restock"
    " available pretty cute gorgeous 1 2 3 fire need out if while"
)


def is_no_number(text: str) -> bool:
    """Whether the numbers of a message (its tokens, with blanks between) are no lines, whatever stands beside them."""
    return bool(_NO_NUMBER.search(text))


def is_wish(text: str) -> bool:
    """Whether what is stuck to a number is a wish, and no mark: "sold12"."""
    return text in ("sold", "want")


def is_owned(text: str) -> bool:
    """Whether a message tells of what somebody has, or does not want."""
    return bool(_OWNED.search(text))


def is_generic(first: str, second: str) -> bool:
    """Whether two words together still name a kind of thing: "silver ring"."""
    return first in _GENERIC and second in _GENERIC


def is_mark(text: str) -> bool:
    """Whether a number behind this is a line's."""
    return text in _MARKS


def is_amount_before(left: Sequence[str], *, tight: bool, is_first: bool) -> bool:
    """By what stands before a number (at most four tokens). ``is_first``: of its list."""
    if not left:
        return False
    last, before = left[-1], left[-2] if len(left) > 1 else ""
    if tight and last in "+-.:/" and not is_mark(before):
        return is_first or last == "-"
    if last in _AMOUNTS or last in _MONTHS:
        # "its 12", "about 12" and "like 12" are amounts; "tell me about 12" and "i like 12" are none.
        about = last == "about" and _ABOUT.search(" ".join(left))
        return not (about or (last == "like" and before in ("i", "really", "would", "would", "also")))
    if last in ("is", "was", "be", "am", "are", "just") and before in _PERSONS and before not in ("got", "there"):
        return True
    if last in ("are", "were") and before in ("there", "we"):
        return True
    if last == "of" and before != "price":
        return before in ("set", "pack", "out", "box", "bunch", "pair", "day", "sets", "packs") or before.isdecimal()
    if last in ("have", "has", "had", "got", "own") and before in ("i", "ive", "we", "she", "already", "have", "they"):
        return True
    if last == "for" and (before.isdecimal() or before in ("two", "three", "been", "hours", "them", "it")):
        return True
    return not _SIZES.isdisjoint(left) and "what" not in left and not is_mark(last)


def is_amount_behind(right: Sequence[str], *, tight: bool, is_last: bool, quoted: bool) -> bool:
    """By what stands behind a number (at most four tokens). ``is_last``: of its list; ``quoted``: a quotation mark
    stands before it."""
    if not right:
        return False
    first, second = right[0], right[1] if len(right) > 1 else ""
    if first in "\"”″'" and tight:
        return not quoted
    if first in ("+", "-") and tight and is_last:
        return True
    if first == "more" and second in ("info", "time", "details"):
        return False
    if first in _UNITS or first in _MONTHS or first == "/":
        return True
    if first == "of":
        return second in ("us", "them", "these", "those", "each", "you", "the", "my", "it", "everything")
    if first == "de":
        return second in _MONTHS or second in _UNITS
    if first == "in" and second in ("stock", "a", "one"):
        return second != "stock" or not is_last
    if first == "for" and not _SIZES.isdisjoint(right):
        return True
    if first == "for" and (second.isdecimal() or second in ("$", "both", "all", "shipping", "everything")):
        return True
    return first in ("million", "x", "year", "yr", "and") and second in (
        "old",
        "up",
        "counting",
        "above",
        "over",
        "under",
    )


def is_small_amount(number: int, left: Sequence[str], right: Sequence[str]) -> bool:
    """ "I'll take 2": more likely two of what is on air than line number two."""
    if number > 3 or is_marked(left):
        return False
    takes = bool(left) and left[-1] in ("take", "get", "buy", "order", "ordered", "need", "bought")
    return takes or right[:1] == ["for"]


def is_marked(left: Sequence[str]) -> bool:
    """Whether what stands before a number says that it is a line's."""
    if not left:
        return False
    return is_mark(left[-1]) or (left[-1] in (".", ":", "#", ",") and len(left) > 1 and is_mark(left[-2]))


def is_wished(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether somebody wants what the number between ``left`` and ``right`` stands for, or asks about it."""
    before, behind = " ".join(left[-5:]), " ".join(right[:3])
    if left and _WISH.search(before):
        return True
    if left and left[-1] in _ASKED_OF and (right if len(left) == 1 else left[-2] in _BEFORE_ASKED_OF):
        return True
    if left and left[-1] == "number":
        return True
    starts = not left or left[-1] in _LEADS or left[-1].isdecimal()
    return starts and bool(_BEHIND.match(behind))


def is_alone(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether there is nothing in the message but numbers and politeness."""
    return all(text in _ALONE or text.isdecimal() or _elongated(text) for text in (*left, *right))


_ELONGATED = re.compile(r"ple+a+s+e*|pl[sz]+|o{2,}h*|ye+s+|om+g+|he+y+|hi+|wo+w+|oh+|a+h+|no+w+|wa+nt+|ne+d+")


def _elongated(text: str) -> bool:
    return bool(_ELONGATED.fullmatch(text))


def is_please(text: str) -> bool:
    return bool(re.fullmatch(BEHIND_ATTACHED, text))


def is_mine(tokens: Sequence[Piece], place: int) -> bool:
    """Whether somebody speaks of what they have."""
    return place > 0 and tokens[place - 1].text == "my"


def is_named(tokens: Sequence[Piece], place: int, *, is_whole: bool) -> bool:
    """Whether one word of a name is meant as the name: by what stands beside it. ``is_whole``: it is all of it."""
    texts = [token.text for token in tokens if token.text[0].isalnum()]
    before = tokens[place - 1].text if place else ""
    behind = tokens[place + 1].text if place + 1 < len(tokens) else ""
    after = tokens[place + 2].text if place + 2 < len(tokens) else ""
    # "in" a color, yes; "in my stomach", no.
    is_end = not behind or not behind[0].isalnum() or (behind in _CALLED and (behind != "in" or after in _COLORS))
    if is_whole:
        return is_end or (len(texts) <= 3 and behind in _COLORS) or before in ("the", "that", "those", "these")
    return is_end and (before in _CALLING or len(texts) <= 2)
