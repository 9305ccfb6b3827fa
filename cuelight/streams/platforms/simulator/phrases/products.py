"""What is said about products: wonder, wishes, questions."""

from cuelight.streams.platforms.simulator.phrases import each

REACTIONS = each("""
ohh the {short}
I love the {short} 😍
{short} is so pretty
wow {number} is beautiful
that is gorgeous
it looks even better on camera
been waiting for the {short}!
number {number} is my favourite so far
ok {number} got me
the {short}!! finally
can we see the {short} closer please
so delicate
it catches the light so nicely
that would go with everything
my sister has the {short}, she wears it every day
looks much more expensive than it is
perfect for the wedding in May
I already own the {short} and love it
the {name} is even nicer than in the photos
christmas present solved 🎄
I like it but not my colour
hmm I liked the last one more
the details 👀
simple and pretty, exactly my style
this one is for my mum
that is a lot of sparkle
show us the back please
put it next to the last one please
can you hold it still for a second
{short} ✨✨
ooh what is that one
saw the {short} in your post this morning
the {short} again? love it
so elegant
I could wear this to work
not usually my thing but wow
that clicked right into my heart
my best friend needs to see {number}
sending this to my group chat
who designs these, amazing
{short} looks so good on you
I had one like this as a kid
number {number} please stay there a bit longer
this is the one from the picture right
it is smaller than I thought, in a good way
""")

PRICE_REACTIONS = each("""
{price} is fair for that
only {price}??
{price} hmm let me think
wait did she say {price}
{price} is a bit much for me this month
ok {price} I can do
I paid more than {price} for mine elsewhere
""")

SALE_REACTIONS = each("""
{sale} instead of {price}!!
{sale}?! are you serious
from {price} to {sale} wow
at {sale} I can't say no
did the price just drop??
{sale} is a steal
I bought it at {price} last month 😭
that price 🔥
wait {sale} for real
ok at {sale} I take two
""")

FLASH = each("""
FLASH SALE 🔥
{sale}!!!
omg {sale}
quick quick quick
how long is it {sale}
price drop price drop
the timer is running go go go
{sale} I'm in
got it got it
please don't sell out
""")

QUESTIONS = each("""
is the {short} still in stock?
how many are left?
does {number} come in other colours?
how much is shipping?
do you ship to Canada?
do you ship to Ireland?
when would it arrive if I order now?
can I return it if it does not fit?
is there a gift box?
what is the price of {number}?
what number is this?
is this the last one?
will the {short} come back next week?
how heavy is it?
what is it made of?
can you show {number} in daylight?
is there a smaller one?
how do I order?
does the code from last week still work?
can I combine it with my other order?
is this the new version?
can you say the price again?
is there a warranty?
where is it made?
can I pay in two parts?
who is it by?
do you have {number} in the shop too?
does the {short} come in a set?
""")

#: Kind of product → words of its name, and what is asked about it.
ABOUT: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "metal": (
        (
            *("necklace", "lariat", "pendant", "chain", "choker", "locket", "hoop", "hoops", "huggies", "earring"),
            *("earrings", "studs", "drops", "cuffs", "ring", "rings", "band", "bracelet", "bangle", "anklet", "trio"),
        ),
        each("""
does {number} come in silver?
does it come in rose gold?
is it nickel free?
is the {short} real gold or plated?
does the colour come off?
can I shower with it?
is it hypoallergenic?
are the stones real?
how do I clean it?
does the {short} tarnish?
is it recycled silver?
        """),
    ),
    "necklace": (
        ("necklace", "lariat", "pendant", "chain", "choker", "locket"),
        each("""
how long is the chain?
can you make the chain shorter?
is the length adjustable?
does it get tangled?
can I layer it with {other}?
does it come with the chain?
        """),
    ),
    "ears": (
        ("hoop", "hoops", "huggies", "earring", "earrings", "studs", "drops"),
        each("""
are they heavy on the ears?
how big are they across?
are they clip or post?
can I sleep in them?
do you sell one alone?
are they good for a second hole?
        """),
    ),
    "hand": (
        ("ring", "rings", "band", "signet", "trio"),
        each("""
what sizes do you have?
do you have a size 9?
does it run small?
can it be resized?
can you wear the {short} on the thumb?
is it comfortable when you type all day?
        """),
    ),
    "wrist": (
        ("bracelet", "bangle", "anklet", "cuff"),
        each("""
does it fit a small wrist?
how long is it in cm?
is the clasp hard to close alone?
can I get a longer one?
does it have a safety clasp?
        """),
    ),
}

QUESTIONS_OFF_AIR = each("""
when do you start?
how long is the show today?
what are we seeing first?
will you show {other} again?
is there a code today?
do you ship to Norway?
will there be a replay?
what time zone is that?
can I still change my order?
is {other_name} on the list tonight?
""")

QUESTIONS_ABOUT_OTHERS = each("""
can you show {other} again?
when is {other} coming?
what was {other}?
is {other} sold out?
is the {other_name} coming today?
can you compare {number} and {other}?
how much was number {other}?
does {other} match {number}?
did I miss the {other_name}?
go back to {other} please 🙏
is item {other} still at the old price
could we see {other} next?
""")

REQUESTS = each("""
sold {number}!
I'll take {number}
{number} please
{number} please 🙏
need {number}
mine! {number}
{number}
#{number}
I want {number}
one {number} for me
sold
SOLD {number}
ordered {number} ✅
just got the {short}!
in my basket: {number}
two of {number} please
I'll take the {short}
give me {number} now
{short} for me please
yes to {number}
item {number} please
number {number} is mine
bought it!
can you hold {number} for me
ok I caved, {number}
adding {number}
{number} and done
me! {number}
x2 of {number}
grabbed the {short} 🎉
""")

REQUESTS_FOR_OTHERS = each("""
I'll wait for {other}
{other} please
do {other} next, I want it
saving my money for {other}
still want {other}
I want the {other_name}
sold {other} if you still have it
item {other} for me
""")
