"""Talk among viewers: hello, the evening, excitement, and what a moderator would hide."""

from cuelight.streams.platforms.simulator.phrases import each

GREETINGS = each("""
hi everyone 👋
hellooo from Portland
good evening from Leeds!
hey hey, just got here
hi from rainy Galway ☔
Hello from New Zealand, it is already tomorrow here
made it on time for once!
evening all ✨
hi, first time here, be nice 😊
hello from the bus, wifi permitting
Hey fam
good morning from Perth ☀️
just put the kids to bed, what did I miss
hi hi hi
back again, could not stay away
hello from Tampa 🌴
who else is on their lunch break
hi from my sofa with a blanket 🛋️
oh good you are live!
the notification worked today, hi!
hi mods, hi everyone
hey from Winnipeg, minus eleven outside 🥶
new here! a friend sent me
quick hello from the office kitchen
popping in before work
hello from the night shift 🌙
good to see everybody again
hi, long time watcher, first time typing
evening from Cardiff
greetings from a very sleepy dog and me 🐶
""")

SMALL_TALK = each("""
love your sweater today
the lighting is so good tonight
is that a new background?
I have popcorn ready 🍿
my cat is watching too
who else watches this while cooking
the music is just right, not too loud
this is my favourite hour of the week
I should be asleep
my husband is pretending not to watch
your nails!! 😍
anyone else have their tea ready
haha the way you said that
can somebody tell my wallet I am sorry
you two are so funny together
that laugh 😂
I missed last week, so happy to be here
it is snowing here, perfect evening to stay in
the chat is so fast today
this chat is the nicest place on the internet
what song is this
day off tomorrow, staying till the end
wearing the pair from last time right now
my order came today, so well packed
package arrived in two days, wow
my mum says hi
ok I am putting the phone on the charger for this
the camera looks sharper than last time
I love when you show it up close
best host ever
someone give her some water
sound is perfect here
video froze for a second, back now
brb doorbell
I am back what are we looking at
that was quick
so many good things tonight
I promised myself only one thing
still thinking about the one before
you should do this every day
my sister is in here somewhere
the wrap on the last one I got was so pretty 🎀
who is counting how often I said wow
okay this is dangerous for my budget
listening while painting the hallway
I vote for a gold evening next week
my coffee went cold because of you
this is better than tv
wait I need my glasses
what a crowd tonight
""")

REPLIES = each("""
@{who} same here
@{who} I was going to ask that
@{who} yes they do, I have it
@{who} agree 100%
@{who} it is in the description I think
@{who} haha
@{who} got mine last month, love it
@{who} you will not regret it
@{who} they said it a minute ago
@{who} twins!
@{who} good question
@{who} hi!! good to see you
@{who} do it do it
@{who} so true
@{who} I have the bigger one, very pretty
""")

HYPE = each("""
🔥🔥🔥
omg
OMG
wowww
😍😍😍
yesss
YES
let's gooo
💛💛💛
✨✨✨
I'm screaming
this one!!!
take my money
run don't walk
👏👏👏
🙌🙌
woooow
need it
I NEED THIS
no way
it's happening
😮
🤩🤩
the sparkle!!
stop it, so good
pls tell me there is enough for everyone
here we gooo
ahhh
❤️‍🔥
my heart
chat is going wild
💎💎💎
faster fingers everyone
cannot breathe
obsessed
""")

EMOJI = each("""
😍
❤️
🔥
👍🏽
😂😂
💛
🥰
✨
👏
🎉
🙈
💍
👀
😭😭
💅
🫶
🥹
🙏
👩‍👧 us right now
🎁
""")

RAID_HELLOS = each("""
hi from the raid! 👋
raiders are here 🚀
raid raid raid
what did we land in, this is pretty
hello from the raid, what are you selling?
we come in peace
raid love 💜
thanks for having us
first time here through the raid
oh this is nice, staying
""")

WELCOMES = each("""
welcome raiders!! 💛
wow so many people, hi all
thank you for the raid
welcome everyone, get comfy
hello new faces
""")

ANSWERS_TO_A_QUESTION = each("""
yes!
yes please
yep!
no not yet
me!
me me me
I do
definitely
the first one
the second one for me
both 😂
not sure tbh
of course
🙋‍♀️
🙋
absolutely
never thought about it
gold always
silver for me
can you show it again before I say
""")

ANSWERS_TO_A_WORD = each("""
thank you!
thanks, good to know
ok got it
perfect, thanks
ahh that helps
noted 📝
thanks for answering
you are quick, thank you
❤️ thanks
great
""")

NUMBERS_OF_OTHER_THINGS = each("""
12 people from my office are watching this
my daughter turns 7 on Saturday
it is 23 degrees here and I am melting
only 2 hours of sleep last night
been watching for 45 minutes already
I am at 4% battery help
we are 3 in the room and we all want different things
it is 1 am here
my 2 cats are unimpressed
back in 5
be right there in 10 min
that was 8 years ago can you believe it
it took 6 days last time, worth it
I am number 1 fan here
24/7 open that would be nice
my flight is at 9 tomorrow and I am still here
I have been a customer since 2019
there must be 300 of us by now
day 3 of waiting for my parcel
10/10 would watch again
haha the 4 of us are fighting over it
100% agree
moved house 2 times this year
I was 5 minutes late, sorry
saw you on channel 7 once?
""")

RUDE = each("""
this is so boring
who even buys this stuff
overpriced junk lol
my grandma has better taste
you talk too much
FAKE
scam, don't buy here
zzzzz
ugly tbh
can you shut up for one minute
lol this cheap rubbish
unfollowed
""")

SPAM = each("""
FREE F0LLOWERS -> follow-fast.example
I made 900 a day from home, ask me how
check my profile for cheap gold
BUY BUY BUY BUY BUY BUY BUY
w1n a phone here http://win-a-phone.example
first first first first first
who wants to trade crypto, message me
best viewers best price best-viewers.example
sub4sub anyone sub4sub sub4sub
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
""")

DONATION_WORDS = each("""
for the coffee ☕
keep going, you are doing great
because you made me laugh
happy birthday to the whole team 🎂
love what you do
buy the dog a treat
for the best crew
thank you for last week
greetings from all of us at work
a little something 💛
you helped me find the perfect present
cheers!
""")
