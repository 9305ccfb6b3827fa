"""Who is in the audience: made-up people, with the colour of their name and what they are in the chat."""

from cuelight.streams.platforms.simulator.phrases import each

#: Names; behind some, what stands beside them (m moderator, v VIP, s subscriber, ✓ verified, - nothing) and the
#: language they write in, where that is not English.
NAMES = each("""
MarloweKnits m
tilda.b ms
OtisAfterDark m
PriyaPaintsWalls s
dottie_1978 s
northbound_nell v
SunnySideSal s
HazelOnABike
the_real_biscuit
juno.k s
RosaLindquist
teacup_tamsin v
BramblePatch
ilse_vd_berg s
CopperKettle88
finn_o_malley
LumiLumi
GrannySparkles v
petra.p
oh_its_ottilie s
NocturneNina
wilhelmina_w
Kofi_Mensah22 s
saltwater.sue
BeatrixAndCo ✓
moth_and_moon
lucaferrante
QuietQuilter s
ZaraZigzag
mikkel.h
PepperMintPatricia
dune_walker_d
AnoukLeroux s fr
tinytealeaf
HollisGrey
marigold_mags s
river_otter_ray
SoledadVega - es
EmberAndOak
cleo_in_the_city
gus_the_goldsmith v
YukiTachibana - ja
pomelo_pie
sadie.sews s
BirdieNumNum
Thandiwe_N
frostyfern
old_mill_road
LeopoldineX
kitkat_katrin
VioletHourglass s
annie_from_accounts
DragonflyDeb
pablo_del_rio - es
SixpenceSophie
Ingrid.S s
bluebell_bea
OlekKowal - pl
nutmeg_nora
harbour_lights_h
MinaDarzi
JasperJingles
sundaymorning_su s
ximena.r - es
TopazTeresa
walnut_and_wren
FarahFinds v
pixelpilar - es
JonasBergmann - de
cinnamon_cyn
LadyLatte
hana_m s ja
ThimbleThief
rosie.outdoors
CaspianBlue
oma_greta v de
StellaOnStage
dimitri_d
velvet_vera
MapleMorning s
chiara.b
FoxgloveFay
nightowl_naomi s
PuddleJumperPJ
aziza_a - ar
KeepsakeKate
lemon_tart_lou
SvenAndTheCats
brina.bea
GiltEdgeGwen s
toffee_toes
MiraMontague
willow_w_woods
Rashid_K - ar
ButtonBoxBella s
heidi.h - de
ElmStreetEve
paprika_paul
LottieLately
clementine_c s
OpalineOdile
jukebox_judy
TobiasT
mermaid_marge
noor.j s
CricketCarol
saffron_sky
BonnieBright v
vivi_valentine
EduardoMar - es
pine_and_petal
SilverfoxSteve
agnes_a_dot
MochiMornings s
flora.f
RubyTuesdayRT
kestrel_kim
AmaraObi
cobalt_cora
LinnetLane
swiss_miss_mia s
hugo_h
PerlaDelMar - pt
tulip_fever_tess
JadeJournal
bo_peep_beth
MateuszW - pl
daisychain_di s
Quillow
ivy_and_iron
CamillaCraft ✓
otto.pilot
RosalieRush - fr
kumquat_kay
TheaOnTuesdays s
lark_at_dawn
ZoltanZ
apricot_april
MeadowMuse
emi.tokyo s ja
FernwehFritzi - de
snowdrop_sam
DeliaDances
cashmere_cass
BasilAndBee
tamarind_t s
Nightjar_Jo
orla.o
PetuniaPark
gingersnap_gia
LeifTheLate
coralie_c s fr
HarrietHums
peach_fuzz_pete
SimoneSaysGo
abuela_lupe v es
tiago.lx - pt
bia_ferreira s pt
""")

#: Names' colours; each can be read on black.
COLORS = each("""
#ff7f6e
#ffb347
#f9d65c
#b7e06b
#5fd38d
#4fd1c5
#5cc8ff
#7aa7ff
#a78bfa
#d68bff
#ff8ad1
#ff6f91
#e0c3a0
#9fd8cb
#c9d6ff
""")
