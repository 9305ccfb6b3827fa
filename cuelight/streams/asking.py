"""Which chat is a question, and which two questions are the same. Pure.

Rules, no model: they are told in a sentence each, cost microseconds, and are measured on labelled chat
(`tests/labelled_chat.jsonl`). English first; of other languages the mark, and how one asks for a price.
"""

import re

from cuelight.catalog.words import fold

#: Of a question's key; the column holds more, for what it is about.
LONGEST_KEY = 300
#: Of a message that is looked at: a question stands at its beginning.
LONGEST_READ = 500
#: Of one message: a text of nothing but dots costs no more than another.
MOST_CLAUSES, MOST_WORDS = 10, 80

_ADDRESSES = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|shop|co|io|de|uk)\b\S*|@[\w.]+|:\w+:")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_ENDS = re.compile(r"[?.!,;…\n؛،。！、]+")
_LONG = re.compile(r"([^\W\d_])\1{2,}")
_DOUBLE = re.compile(r"([^\W\d_])\1+")
#: Marks of questions once `fold` has made "？" and "⁇" plain: Arabic, Armenian, Ethiopic, Greek is ";" and says too
#: little, Spanish opens with one.
_MARKS = re.compile("[?؟՞፧¿]")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SPELLINGS = {
    "u": "you", "ya": "you", "yall": "you", "yous": "you", "ur": "your", "r": "are", "wat": "what", "wut": "what",
    "whut": "what", "wht": "what", "wats": "whats", "wuts": "whats", "hw": "how", "mch": "much",
    "any1": "anyone", "anybody": "anyone", "sum1": "someone", "colour": "color", "colours": "colors", "cud": "could",
    "wen": "when", "wer": "where", "y": "why", "duz": "does", "dose": "does", "hav": "have", "dis": "this",
    "dat": "that", "thru": "through", "shippin": "shipping", "ships": "ship", "avail": "available", "prices": "price",
    "tho": "though",
}  # fmt: skip

#: What stands before a question and is none of it.
_LEADS = _set(
    "hi hey heyy hello hola omg omgg ok okay so and but also wait pls please plz oh ooh aww wow yes yeah no well um uh"
    " girl girls babe queen sis hun honey love guys ladies mama friend quick question q sorry random curious lol haha"
    " though then now btw again umm hmm mia just serious actually first good morning evening everyone all"
)
#: With a mark and nothing else, these ask nothing of anybody.
_NOT_ASKING = _set(
    "right lol lmao what huh really seriously omg wtf no yes yeah yep nah ok okay eh um hello hi hey excuse me for"
    " real fr who wait way rly srsly oh wow haha hahaha sure yea ya well so cute pretty girl sis you know see bruh"
    " bro dude say whaat whaaat the heck hell isnt it aint innit true tho though dang damn is that even how are"
    " today doing everyone whats up sup tf is he she kidding good morning is this life anyway love are"
)
#: A mark behind one of these does ask, though it is made of those words.
_STILL_ASKING = re.compile(r"\b(?:is (?:it|this|that)|how|see|are (?:these|they|you) \w+)$")

_IT = (
    r"(?:it|this|that|these|those|they|there|you|i|we|she|he|the|your|any|anyone|someone|everything|all|both|one|ones"
    r"|shipping|number|item|\d+)"
)
_AUX = r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|has|have|had|isnt|arent|doesnt|dont|wont|may)"
_HOW = (
    r"how (?:much|many|long|big|small|wide|thick|thin|heavy|tall|far|old|often|soon|high|large|deep|tight|"
    r"does|do|did|is|are|can|could|would|should|will|was|about|come|to|you|durable)"
)
_WHAT = (
    r"(?:what|which) (?:is|are|was|were|will|do|does|did|can|could|would|should|about|if|sizes?|colou?rs?|metals?"
    r"|kind|type|time|day|karats?|carat|stones?|number|length|width|brand|website|site|code|material|store|else"
    r"|other|happens|happened|price|item|shade|finish|ones?|you|necklaces?|rings?|chains?|letters?|initials?)\b"
)
_OTHER_WH = (
    r"(?:(?:when|where|who|why) (?:is|are|was|will|would|do|does|did|can|could|should|you|makes|made|sells|won|wins"
    r"|has|from|to|has)\b|(?:whats|wheres|whens|whos|whys|hows) \w+|where from)"
)
#: Where a clause begins.
_STARTS = [
    re.compile(
        r"how \w+ (?:is|are) (?:the|it|this|that|these|they|those)\b|which \w+ (?:is|are|do|does|did|would|should)\b"
    ),
    re.compile(r"does (?!what\b)\w+ (?:\w+ ){1,5}\w+$"),
    re.compile(rf"(?:{_HOW}\b|{_WHAT}|{_OTHER_WH})"),
    re.compile(rf"(?!do \d){_AUX} {_IT} \w+"),
    re.compile(
        r"(?:can|could|do|does|will|did) \w+ (?:be|have|come|get|know|go|fit|pinch|tarnish|open|look|work|need|wear"
        r"|use|return|buy|order|take)\b"
    ),
    re.compile(
        r"is \w+ (?:\w+ )?(?:real|gold|silver|free|available|adjustable|waterproof|heavy|sold|still|in|back|lab)\b"
    ),
    re.compile(r"(?:got|have) (?:any|this|it|that|these) \w+"),
    re.compile(
        r"you (?:got|have|ship|sell|take|accept|do) (?:any|this|it|that|these|to|in|rose|gold|silver|paypal|free"
        r"|international|internationally|worldwide|overseas)\b"
    ),
    re.compile(
        r"(?:is there )?any (?:\w+ )?(?:discounts?|codes?|coupons?|sales?|deals?|chance|left|more|other|way|update"
        r"|idea)\b"
    ),
    re.compile(r"(?:price|size|cost|length|weight|material|restock|link|shipping)(?: pls| please| on| of| for| to)+\b"),
    re.compile(r"tell (?:me|us) (?:more )?(?:about|how|what|if)\b"),
    re.compile(
        r"(?:(?:\w+ )?(?:need|want|like|love|have) to know|lmk|let (?:me|us) know) (?:if|what|how|when|where|which)\b"
    ),
    re.compile(r"(?:\w+ )?wonder(?:ing)? (?:if|what|how|when|where|which|whether)\b"),
]
#: Behind a number.
_OF_A_NUMBER = re.compile(
    rf"{_HOW} \w+|(?:is|are|does|do|can) (?:it|this|these|they|you|i) \w+|still available|{_WHAT}"
)
#: Anywhere in a clause, chat having no commas.
_WITHIN = [
    re.compile(r"\bdid (?:it|you|they|i|she|he) \w+$|\bwhere (?:is|are) (?:it|they|the \w+)$"),
    re.compile(r"\b(?:does|do|did|has|have|is) (?:anyone|someone)\b(?! else)"),
    re.compile(r"\banyone (?:know|knows|tried|got|have|has|worn)\b"),
    re.compile(r"\b(?:do|did) you (?:know|have|ship|take|sell|do|offer|accept|guys|still|also|ever|restock)\b"),
    re.compile(
        r"(?<!how )(?<!what )(?<!that )(?<!this )(?<!here )(?<!all )(?<!know )(?<!there )(?<!one )\b(?:is|are|does"
        r"|will) (?:it|this|that|these|they|those) (?!me\b|just\b|is\b|so\b|the most|everything|what|how|way )\w+"
    ),
    re.compile(
        r"(?<!know )(?<!knew )(?<!matter )(?<!see )(?<!believe )(?<!care )(?<!so )\bhow much(?: (?:is|are|for|was"
        r"|\d+)\b|$)"
    ),
    re.compile(r"(?<!knows )(?<!know )\bwhat sizes? (?:is|are|do|does|should|it|$)"),
    re.compile(r" (?:or (?:not|no|nah|plated|fake)|yes or no)$"),
    re.compile(r"^(?:gold|silver|real|plated) or \w+$"),
]
#: What looks like a question and is a sigh.
_NEVER = re.compile(
    r"^(?:what an? |what the |how (?:\w+ )?(?:cute|pretty|gorgeous|beautiful|stunning|lovely|nice|amazing|cool|fun"
    r"|sweet)\b|how (?:is|are) \w+ (?:so|even|this) |why not$|why (?:is|are|so) \w+ so (?:cute|pretty|gorgeous|good"
    r"|beautiful)|when i |what i |how i |where have you been|who needs\b|who else\b|anyone else\b|is it just me"
    r"|are you (?:kidding|serious)|can(?:t| not) |(?:can|could) (?:i|we) (?:just|all|please just) (?:say|talk|take"
    r"|appreciate)|can we talk about|do it\b|have an? |have fun|will do\b|do you guys see|how (?:are|r) you\b"
    r"|how you doing|whats up\b|who is with me|can you (?:believe|imagine|not)\b|how dare|why am i|why do i"
    r"|i (?:know|love|like|see|get) how|am i the only|how do you do it|what is life|is it (?:friday|saturday|christmas)"
    r"|where was this|what would (?:i|we|you) do\b|can i be you|do your\b|which is (?:why|how)|see you\b|say what"
    r"|when you (?!restock|going|gonna|ship))"
)

#: How one asks elsewhere, without a mark. The first where words have blanks, the second where they have none.
_ELSEWHERE = re.compile(
    r"\b(?:cuanto|cuantos|cuanta|cual es|donde|tienes|tienen|hacen|envian|hay (?:en|de)|combien|vous livrez"
    r"|avez vous|est ce (?:que|qu)|cest combien|quel est|was kostet|wie (?:viel|gross|lang|teuer)|gibt es|habt ihr"
    r"|ist das|ist der|liefert ihr|quanto|tem (?:em|de)|hoeveel|ile (?:to )?kosztuje|ce pret|cat costa|hvor meget"
    r"|сколько|есть ли|ne kadar|kac (?:tl|para)|magkano|mgkno|pila|berapa|hm po|kitne|kitna|bao nhieu|hur mycket"
    r"|hvad koster|hva koster)\b"
)
_ELSEWHERE_JOINED = re.compile(
    fold("いくら|ですか|ますか|多少钱|多少錢|几钱|吗|嗎|얼마|있나요|เท่าไหร่|เท่าไร|ไหม|كم |هل |بكم")
)

#: Words that say nothing of what is asked.
_FILLER = _set(
    "a an the it its is this that these those are was were am be do does did will would can could should i we you me my"
    " your they them there one ones please pls plz plss thanks thank ty hi hey hello omg ok okay so and but also oh wow"
    " just guys girl babe queen sis hun how what whats of for to on if know anyone someone wondering tell about really"
    " isnt arent doesnt dont wont item number in at with queen ladies love wait lol though again right now curious"
    " question quick everyone"
)
#: Said differently, asked the same.
_SAME = {
    "price": "much", "cost": "much", "pricing": "much", "colors": "color", "sizes": "size", "lengths": "length",
    "codes": "code", "coupon": "code", "coupons": "code", "tarnishes": "tarnish", "shipping": "ship",
    "restocked": "restock", "restocking": "restock", "comes": "come", "pieces": "piece", "stones": "stone",
    "metals": "metal", "costs": "much", "discounts": "discount", "cuesta": "cuanto", "hoops": "hoop",
}  # fmt: skip
#: Where these stand, the order of the others says something.
_ORDERING = _set("than from before after instead then")
#: Questions of the shop, whatever is on air: the same ones during every product.
_GENERAL = _set(
    "ship ships deliver delivery code discount sale paypal afterpay klarna apple pay payment return refund exchange"
    " warranty guarantee website site store shop app brand instagram tiktok live tomorrow tonight next schedule ends"
    " start order orders checkout customs taxe tax international giveaway tracking package gift wrap rewards points"
    " membership envio envios versand livraison"
)


def is_question(text: str) -> bool:
    """Whether a message asks something that somebody could answer."""
    plain = _APOSTROPHE.sub("", fold(_ADDRESSES.sub(" ", text[:LONGEST_READ].lower())))
    has_mark = bool(_MARKS.search(plain))
    clauses = [words for clause in _ENDS.split(plain, MOST_CLAUSES)[:MOST_CLAUSES] if (words := _spelled(clause))]
    if not any(any(word.isalpha() for word in words) for words in clauses):
        return False
    if has_mark:
        return _asks_with_mark(plain, clauses)
    if _ELSEWHERE_JOINED.search(plain):
        return True
    return any(_asks(words) for words in clauses)


def key(text: str) -> str:
    """What makes two questions the same: their words without filler; the order counts where it says something.

    Never empty, at most `LONGEST_KEY` characters; not for reading.
    """
    words = _spelled(_APOSTROPHE.sub("", fold(_ADDRESSES.sub(" ", text[:LONGEST_READ].lower()))))
    told = [_SAME.get(word, word) for word in words if word not in _FILLER] or words
    squeezed = [_DOUBLE.sub(r"\1", word) for word in told]
    if _ORDERING.isdisjoint(told):
        squeezed = sorted(set(squeezed))
    return " ".join(squeezed)[:LONGEST_KEY] or fold(text).strip()[:LONGEST_KEY] or "?"


def is_general(text: str) -> bool:
    """Whether a question is about the shop, and not about the product that is on air when it is asked."""
    words = _spelled(fold(text[:LONGEST_READ]))
    return any(_SAME.get(word, word) in _GENERAL for word in words)


def _spelled(clause: str) -> list[str]:
    """The words as they are usually spelled: "wat sizeee" → what, size."""
    words = []
    for word in _WORD.findall(clause)[:MOST_WORDS]:
        short = _LONG.sub(r"\1", word)
        words.append(_SPELLINGS.get(short, short))
    return words


def _asks_with_mark(plain: str, clauses: list[list[str]]) -> bool:
    words = [word for clause in clauses for word in clause]
    if all(word in _NOT_ASKING for word in words):
        return bool(_STILL_ASKING.search(" ".join(words))) and len(words) > 3
    # Only the clause before the mark is marked: "so cute right?", "love it, ok?".
    told = " ".join(words)
    if re.search(
        r"\b(?:right|huh|innit|no|yes|ok|am i right|(?:isnt|aint|arent|doesnt) (?:it|they|she|this))$", told
    ) and not any(map(_asks, clauses)):
        return False
    return not _NEVER.search(" ".join(_without_leads(words)))


def _asks(words: list[str]) -> bool:
    """Whether a clause without a mark is a question."""
    rest = _without_leads(words)
    told = " ".join(rest)
    if not told or _NEVER.search(told):
        return False
    if _ELSEWHERE.search(told) or any(start.match(told) for start in _STARTS):
        return True
    # "35 how long is the chain": what it is about comes first.
    behind = " ".join(rest[1:])
    if rest[0].isdecimal() and (behind == "how much" or _OF_A_NUMBER.match(behind)):
        return True
    if told in (
        "how wide",
        "how long",
        "how much",
        "what size",
        "what sizes",
        "what color",
        "where from",
        "what price",
    ):
        return True
    return any(within.search(told) for within in _WITHIN)


def _without_leads(words: list[str]) -> list[str]:
    place = 0
    while place < len(words) and words[place] in _LEADS:
        place += 1
    return words[place:]
