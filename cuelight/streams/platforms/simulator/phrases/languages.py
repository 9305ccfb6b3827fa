"""The same in other languages: a live audience has them all. By language, each about evenly often."""

from cuelight.streams.platforms.simulator.phrases import each

LANGUAGES = {
    "es": each("""
hola desde Sevilla 👋
qué bonito el {short}
¿cuánto cuesta el {number}?
me encanta 😍
¿hacen envíos a México?
¿lo tienen en plata?
quiero el {number}!
saludos desde Bogotá
buenas noches a todos
qué preciosidad
¿cuánto tarda en llegar?
ay qué lindo brillo ✨
    """),
    "fr": each("""
bonsoir de Lyon
c'est magnifique
combien coûte le {number} ?
vous livrez en Belgique ?
j'adore le {short} 😍
je prends le {number}
trop beau
il est en argent ?
coucou tout le monde
encore une fois de près svp
merci pour la réponse !
    """),
    "de": each("""
hallo aus Hamburg 👋
wie schön ist das denn
was kostet die {number}?
liefert ihr nach Österreich?
ich nehme die {number}
gibt es das auch in Silber?
guten Abend zusammen
endlich, darauf habe ich gewartet
bitte nochmal nah zeigen
wunderschön ✨
wie lang ist die Lieferzeit?
    """),
    "pt": each("""
oi gente, boa noite 💛
que lindo esse {short}
quanto custa o {number}?
vocês enviam para o Brasil?
quero o {number}!
amei amei amei
tem em prata?
saudações do Porto
mostra de perto por favor
maravilhoso 😍
    """),
    "ja": each("""
こんばんは
かわいい！
{number}番はいくらですか？
きれいですね✨
シルバーもありますか？
日本に送れますか？
{number}番ください
はじめまして
もう一度見せてください
素敵すぎる😍
    """),
    "ar": each("""
مساء الخير
جميل جدا 😍
كم سعر رقم {number}؟
هل يوجد باللون الفضي؟
هل تشحنون إلى دبي؟
أريد رقم {number}
ما شاء الله ✨
تحياتي من القاهرة
    """),
    "pl": each("""
cześć z Krakowa 👋
ale piękne
ile kosztuje {number}?
biorę {number}
czy jest w srebrze?
wysyłacie do Polski?
dobry wieczór wszystkim
pokażcie jeszcze raz z bliska
cudo 😍
    """),
}
