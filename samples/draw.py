"""Draws the sample studio's product pictures: jewellery on soft studio backdrops. Deterministic; needs only Pillow.

    python samples/draw.py            writes samples/pavoi/images and the pictures of samples/holiday-vault

Every piece is a mask. Its bevel comes from lighting the blurred mask from the upper left; a metal is a row of colours
that the light runs through, with a dark band between two bright ones, which is what makes metal look like metal.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

HERE = Path(__file__).resolve().parent
Point = tuple[float, float]
Color = tuple[int, int, int]

METALS: dict[str, list[Color]] = {
    "gold": [(74, 44, 8), (132, 84, 22), (214, 158, 62), (168, 112, 32), (246, 208, 122), (255, 246, 214)],
    "silver": [(48, 52, 60), (104, 110, 120), (186, 192, 200), (132, 138, 148), (224, 228, 234), (255, 255, 255)],
    "rose": [(86, 38, 28), (146, 82, 66), (222, 152, 132), (178, 108, 90), (248, 204, 188), (255, 242, 234)],
}
STONES: dict[str, Color] = {
    "clear": (226, 238, 248),
    "emerald": (24, 138, 92),
    "sapphire": (38, 82, 178),
    "ruby": (186, 30, 62),
    "champagne": (226, 190, 140),
    "amethyst": (138, 84, 188),
}
#: Wall, floor: the wall is lit from the upper left, the floor fades towards the viewer.
BACKDROPS: dict[str, tuple[Color, Color]] = {
    "linen": ((236, 228, 216), (214, 202, 186)),
    "blush": ((240, 216, 208), (220, 188, 178)),
    "sage": ((206, 216, 202), (176, 190, 172)),
    "slate": ((92, 100, 112), (62, 68, 78)),
    "midnight": ((44, 52, 74), (26, 31, 46)),
    "terracotta": ((214, 158, 130), (182, 122, 96)),
    "pearl": ((240, 240, 238), (216, 216, 214)),
    "plum": ((96, 66, 92), (64, 42, 62)),
}


@dataclass
class Scene:
    """A picture being drawn, ``scale`` times larger than it ends up."""

    size: int
    metal: str
    stone: str
    backdrop: str
    chance: random.Random
    zoom: float = 1.0
    center: Point = (0.5, 0.5)
    scale: int = 2

    def __post_init__(self) -> None:
        self.full = self.size * self.scale
        self.image = backdrop(self.full, *BACKDROPS[self.backdrop])

    def at(self, point: Point) -> Point:
        """Design coordinates (0 to 1) to pixels."""
        (x, y), (cx, cy) = point, self.center
        return ((x - cx) * self.zoom + 0.5) * self.full, ((y - cy) * self.zoom + 0.5) * self.full

    def width(self, part: float) -> float:
        return part * self.zoom * self.full

    def blank(self) -> Image.Image:
        return Image.new("L", (self.full, self.full))

    def finish(self) -> Image.Image:
        """The vignette, and down to the final size."""
        shade = (
            Image.radial_gradient("L").resize((self.full, self.full)).point(lambda v: 255 - int(max(0, v - 120) * 0.5))
        )
        image = ImageChops.multiply(self.image, Image.merge("RGB", (shade, shade, shade)))
        return image.resize((self.size, self.size), Image.Resampling.LANCZOS)


def backdrop(size: int, wall: Color, floor: Color) -> Image.Image:
    """A seamless paper sweep: wall above, floor below, one soft light."""
    sweep = Image.linear_gradient("L").resize((size, size))
    sweep = sweep.point(lambda v: int(255 / (1 + math.exp(-(v - 150) / 26))))
    paper = Image.composite(Image.new("RGB", (size, size), floor), Image.new("RGB", (size, size), wall), sweep)
    glow = Image.radial_gradient("L").resize((int(size * 1.7), int(size * 1.7)))
    glow = glow.crop((int(size * 0.5), int(size * 0.55), int(size * 1.5), int(size * 1.55)))
    light = glow.point(lambda v: int(max(0, 150 - v) * 0.55))
    return ImageChops.screen(paper, Image.merge("RGB", (light, light, light)))


def shadow(scene: Scene, mask: Image.Image, drop: float, blur: float, strength: float) -> None:
    """What the piece throws onto the paper: one soft and wide, one close and dark."""
    for distance, softness, share in ((drop, blur, strength), (drop * 0.3, blur * 0.25, strength * 0.7)):
        moved = scene.blank()
        moved.paste(mask, (int(scene.width(distance) * 0.7), int(scene.width(distance))))
        soft = moved.filter(ImageFilter.GaussianBlur(scene.width(softness)))
        dark = soft.point(lambda v, share=share: 255 - int(v * share))
        scene.image = ImageChops.multiply(scene.image, Image.merge("RGB", (dark, dark, dark)))


def metal(scene: Scene, mask: Image.Image, round_: float, palette: str | None = None) -> None:
    """Puts a metal piece on: lit relief of the mask, run through the metal's colours."""
    colors = METALS[palette or scene.metal]
    radius = max(2.0, scene.width(round_))
    height = mask.filter(ImageFilter.GaussianBlur(radius * 0.55))
    step = max(1, int(radius * 0.5))
    lit = ImageChops.subtract(
        ImageChops.offset(height, step, step), ImageChops.offset(height, -step, -step), scale=1.15, offset=128
    )
    lit = ImageChops.invert(lit).filter(ImageFilter.GaussianBlur(radius * 0.12))
    paint = Image.merge("RGB", [lit.point(curve([color[channel] for color in colors])) for channel in range(3)])
    scene.image.paste(paint, mask=mask.filter(ImageFilter.GaussianBlur(scene.scale * 0.4)))


def curve(values: list[int]) -> list[int]:
    """256 steps through a few values, smoothly."""
    table = []
    for step in range(256):
        place = step / 255 * (len(values) - 1)
        low = min(int(place), len(values) - 2)
        part = place - low
        part = part * part * (3 - 2 * part)
        table.append(int(values[low] * (1 - part) + values[low + 1] * part))
    return table


def stroke(scene: Scene, points: list[Point], width: float, mask: Image.Image | None = None) -> Image.Image:
    """A line of even width through design points."""
    mask = mask or scene.blank()
    draw = ImageDraw.Draw(mask)
    pixels = [scene.at(point) for point in points]
    wide = scene.width(width)
    draw.line(pixels, fill=255, width=max(1, int(wide)), joint="curve")
    for x, y in (pixels[0], pixels[-1]):
        draw.ellipse((x - wide / 2, y - wide / 2, x + wide / 2, y + wide / 2), fill=255)
    return mask


def arc(
    center: Point, rx: float, ry: float, start: float, end: float, tilt: float = 0.0, steps: int = 160
) -> list[Point]:
    """Points of an ellipse, degrees clockwise from the right."""
    points = []
    for step in range(steps + 1):
        angle = math.radians(start + (end - start) * step / steps)
        x, y = rx * math.cos(angle), ry * math.sin(angle)
        turn = math.radians(tilt)
        points.append(
            (center[0] + x * math.cos(turn) - y * math.sin(turn), center[1] + x * math.sin(turn) + y * math.cos(turn))
        )
    return points


def gem(scene: Scene, center: Point, radius: float, color: Color | None = None, turn: float = 0.0) -> None:
    """A round brilliant from above: table, eight stars, sixteen girdle facets, each with its own light."""
    base = color or STONES[scene.stone]
    (x, y), r = scene.at(center), scene.width(radius)
    draw = ImageDraw.Draw(scene.image)
    chance = random.Random(round(x * 7 + y * 13))

    def ring(part: float, count: int, shift: float) -> list[Point]:
        return [
            (x + r * part * math.cos(2 * math.pi * (n + shift) / count + turn),
             y + r * part * math.sin(2 * math.pi * (n + shift) / count + turn))
            for n in range(count)
        ]  # fmt: skip

    outer, middle, table = ring(1, 16, 0), ring(0.74, 8, 0.25), ring(0.46, 8, 0.25)
    draw.ellipse((x - r, y - r, x + r, y + r), fill=tint(base, 0.55))
    for n in range(16):
        facet = [outer[n], outer[(n + 1) % 16], middle[(n // 2 + n % 2) % 8]]
        draw.polygon(facet, fill=tint(base, facing(facet, (x, y)) + chance.uniform(-0.22, 0.22)))
    for n in range(8):
        for facet in ([middle[n], middle[(n + 1) % 8], table[n]], [table[n], table[(n + 1) % 8], middle[(n + 1) % 8]]):
            draw.polygon(facet, fill=tint(base, facing(facet, (x, y)) + chance.uniform(-0.3, 0.34)))
    draw.polygon(table, fill=tint(base, 1.12))
    draw.polygon([table[4], table[5], table[6], (x, y)], fill=tint(base, 1.55))
    draw.polygon([table[0], table[1], (x, y)], fill=tint(base, 0.72))
    if r > 14:
        sparkle(scene, (x - r * 0.3, y - r * 0.36), r * 0.5)


def facing(facet: list[Point], center: Point) -> float:
    """How much a facet looks at the light in the upper left."""
    mx = sum(point[0] for point in facet) / len(facet) - center[0]
    my = sum(point[1] for point in facet) / len(facet) - center[1]
    return 0.92 + 0.36 * (-(mx + my) / (math.hypot(mx, my) * 1.414 + 1e-6))


def tint(color: Color, light: float) -> Color:
    """Darker below 1, towards white above."""
    if light <= 1:
        return tuple(int(max(0.0, light) * part) for part in color)  # type: ignore[return-value]
    return tuple(int(part + (255 - part) * min(1.0, light - 1)) for part in color)  # type: ignore[return-value]


def sparkle(scene: Scene, center: Point, length: float) -> None:
    """A four-pointed glint, added as light."""
    x, y = center
    reach = int(length * 1.4) + 2
    spot = Image.new("L", (reach * 2, reach * 2))
    draw = ImageDraw.Draw(spot)
    for dx, dy in ((1.0, 0.09), (0.09, 1.0)):
        draw.polygon(
            [
                (reach - length * dx, reach),
                (reach, reach - length * dy),
                (reach + length * dx, reach),
                (reach, reach + length * dy),
            ],
            fill=255,
        )
    spot = spot.filter(ImageFilter.GaussianBlur(max(1.0, length * 0.06)))
    scene.image.paste((255, 255, 255), (int(x) - reach, int(y) - reach), spot)


def pearl(scene: Scene, center: Point, radius: float) -> None:
    """A sphere with a soft lustre and a light rim below."""
    (x, y), r = scene.at(center), scene.width(radius)
    size = int(r * 2)
    ball = Image.new("RGB", (size, size))
    pixels = ball.load()
    assert pixels is not None
    for j in range(size):
        for i in range(size):
            dx, dy = (i - r) / r, (j - r) / r
            d2 = dx * dx + dy * dy
            dz = math.sqrt(max(0.0, 1 - d2))
            light = max(0.0, -0.5 * dx - 0.58 * dy + 0.64 * dz)
            rim = max(0.0, 0.4 * dx + 0.5 * dy) * (1 - dz)
            glint = max(0.0, -0.45 * dx - 0.55 * dy + 0.7 * dz) ** 34
            tone = 0.5 + 0.5 * light + 0.28 * rim
            pixels[i, j] = (
                min(255, int(246 * tone + 90 * glint)),
                min(255, int(236 * tone + 14 * rim + 90 * glint)),
                min(255, int(228 * tone + 18 * rim + 96 * glint)),
            )
    mask = Image.new("L", (size * 2, size * 2))
    ImageDraw.Draw(mask).ellipse((0, 0, size * 2 - 1, size * 2 - 1), fill=255)
    scene.image.paste(ball, (int(x - r), int(y - r)), mask.resize((size, size), Image.Resampling.LANCZOS))


def pedestal(scene: Scene, center: Point, rx: float, height: float) -> None:
    """A low plinth in the backdrop's own colour."""
    wall, floor = BACKDROPS[scene.backdrop]
    ry = rx * 0.26
    mask = scene.blank()
    draw = ImageDraw.Draw(mask)
    left, top = scene.at((center[0] - rx, center[1] - ry))
    right, bottom = scene.at((center[0] + rx, center[1] + ry))
    deep = scene.width(height)
    draw.ellipse((left, top, right, bottom), fill=255)
    draw.rectangle((left, (top + bottom) / 2, right, (top + bottom) / 2 + deep), fill=255)
    draw.ellipse((left, top + deep, right, bottom + deep), fill=255)
    shadow(scene, mask, 0.03, 0.05, 0.38)
    side = Image.linear_gradient("L").rotate(90).resize((scene.full, scene.full))
    body = Image.composite(
        Image.new("RGB", side.size, tint(floor, 0.78)), Image.new("RGB", side.size, tint(wall, 1.12)), side
    )
    scene.image.paste(body, mask=mask)
    cap = scene.blank()
    ImageDraw.Draw(cap).ellipse((left, top, right, bottom), fill=255)
    scene.image.paste(Image.new("RGB", cap.size, tint(wall, 1.28)), mask=cap.filter(ImageFilter.GaussianBlur(1.5)))


def chain(scene: Scene, points: list[Point], link: float, thick: float) -> None:
    """Links along a path, every other one seen from the side."""
    mask = scene.blank()
    draw = ImageDraw.Draw(mask)
    travelled, wanted, flat = 0.0, 0.0, True
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        travelled += math.hypot(x2 - x1, y2 - y1)
        if travelled < wanted:
            continue
        wanted += link * 0.74
        angle = math.degrees(math.atan2(y2 - y1, x2 - x1))
        ring = arc((x2, y2), link * 0.52, link * (0.34 if flat else 0.12), 0, 360, angle, 28)
        draw.line([scene.at(point) for point in ring], fill=255, width=max(2, int(scene.width(thick))), joint="curve")
        flat = not flat
    shadow(scene, mask, 0.02, 0.012, 0.34)
    metal(scene, mask, thick * 0.8)


def band(scene: Scene, center: Point, rx: float, ry: float, width: float, tilt: float = 0.0) -> None:
    """A ring of metal seen at a slant: its hole sits a little high, so that the near side is the wider one."""
    mask = scene.blank()
    draw = ImageDraw.Draw(mask)
    half = width / 2
    draw.polygon([scene.at(point) for point in arc(center, rx + half, ry + half, 0, 360, tilt)], fill=255)
    hole = (center[0], center[1] - width * 0.13)
    draw.polygon([scene.at(point) for point in arc(hole, rx - half, ry - half * 0.92, 0, 360, tilt)], fill=0)
    shadow(scene, mask, 0.045, 0.028, 0.42)
    metal(scene, mask, width * 0.46)


# The pieces


def lariat(scene: Scene) -> None:
    drop = [
        (0.5 - 0.30 * math.cos(math.pi * t / 2) ** 1.3, -0.04 + 0.58 * math.sin(math.pi * t / 2))
        for t in frange(0, 1, 140)
    ]
    mirrored = [(1 - x, y) for x, y in drop]
    chain(scene, drop, 0.020, 0.0052)
    chain(scene, mirrored, 0.020, 0.0052)
    chain(scene, [(0.5, 0.56 + 0.24 * t) for t in frange(0, 1, 90)], 0.020, 0.0052)
    setting(scene, (0.5, 0.54), 0.040)
    for x, y in ((0.40, 0.475), (0.60, 0.475), (0.335, 0.385), (0.665, 0.385)):
        setting(scene, (x, y), 0.019)
    setting(scene, (0.5, 0.845), 0.056)


def setting(scene: Scene, center: Point, radius: float) -> None:
    """A stone in a metal cup with four claws."""
    x, y = center
    cup = stroke(scene, arc(center, radius * 1.08, radius * 1.08, 0, 360), radius * 0.3)
    shadow(scene, cup, 0.02, 0.014, 0.36)
    metal(scene, cup, radius * 0.18)
    gem(scene, center, radius)
    for angle in (45, 135, 225, 315):
        a = math.radians(angle)
        claw = scene.blank()
        cx, cy = scene.at((x + radius * math.cos(a), y + radius * math.sin(a)))
        w = scene.width(radius * 0.17)
        ImageDraw.Draw(claw).ellipse((cx - w, cy - w, cx + w, cy + w), fill=255)
        metal(scene, claw, radius * 0.11)


def hoops(scene: Scene) -> None:
    band(scene, (0.31, 0.46), 0.165, 0.225, 0.066, -10)
    band(scene, (0.70, 0.54), 0.165, 0.225, 0.066, 12)


def huggies(scene: Scene) -> None:
    for x, y, tilt in ((0.33, 0.44, -14), (0.67, 0.52, 12)):
        band(scene, (x, y), 0.135, 0.165, 0.085, tilt)
        for angle in range(22, 165, 15):
            point = arc((x, y), 0.135, 0.165, angle, angle, tilt, 1)[0]
            gem(scene, point, 0.0155, turn=math.radians(angle))


def tennis(scene: Scene) -> None:
    loop = arc((0.5, 0.54), 0.36, 0.235, 0, 360, -6, 360)
    mask = stroke(scene, loop, 0.052)
    shadow(scene, mask, 0.04, 0.026, 0.4)
    metal(scene, mask, 0.022)
    far_to_near = sorted((loop[int(n * 360 / 44)] for n in range(44)), key=lambda point: point[1])
    for x, y in far_to_near:
        near = 0.82 + 0.36 * (y - 0.3) / 0.5
        gem(scene, (x, y), 0.0215 * near)


def stack(scene: Scene) -> None:
    for n, metal_name in enumerate((scene.metal, "silver" if scene.metal != "silver" else "gold", scene.metal)):
        keep, scene.metal = scene.metal, metal_name
        band(scene, (0.5, 0.66 - n * 0.095), 0.25, 0.115, 0.044, -4 + n * 4)
        scene.metal = keep
    setting(scene, (0.515, 0.585), 0.052)


def drops(scene: Scene) -> None:
    for x, y in ((0.36, 0.50), (0.64, 0.56)):
        band(scene, (x, y - 0.22), 0.048, 0.062, 0.016, 8)
        chain(scene, [(x, y - 0.155 + 0.07 * t) for t in frange(0, 1, 30)], 0.018, 0.0056)
        blot = scene.blank()
        cx, cy = scene.at((x, y + 0.045))
        r = scene.width(0.118)
        ImageDraw.Draw(blot).ellipse((cx - r, cy - r, cx + r, cy + r), fill=255)
        shadow(scene, blot, 0.05, 0.036, 0.4)
        pearl(scene, (x, y + 0.045), 0.118)
        cap = stroke(scene, arc((x, y - 0.066), 0.03, 0.014, 180, 360), 0.016)
        metal(scene, cap, 0.008)


def signet(scene: Scene) -> None:
    band(scene, (0.5, 0.60), 0.225, 0.215, 0.066, 0)
    face = scene.blank()
    left, top = scene.at((0.365, 0.265))
    right, bottom = scene.at((0.635, 0.485))
    ImageDraw.Draw(face).rounded_rectangle((left, top, right, bottom), radius=scene.width(0.085), fill=255)
    shadow(scene, face, 0.03, 0.02, 0.34)
    metal(scene, face, 0.05)
    rim = scene.blank()
    inset = scene.width(0.022)
    ImageDraw.Draw(rim).rounded_rectangle(
        (left + inset, top + inset, right - inset, bottom - inset), radius=scene.width(0.066), outline=255,
        width=max(2, int(scene.width(0.007))),
    )  # fmt: skip
    metal(scene, rim, 0.006)
    gem(scene, (0.5, 0.375), 0.044)


def anklet(scene: Scene) -> None:
    path = [
        (0.08 + 0.84 * t, 0.46 + 0.17 * math.sin(math.pi * t) + 0.05 * math.sin(5 * math.pi * t))
        for t in frange(0, 1, 260)
    ]
    chain(scene, path, 0.046, 0.0115)
    for t in (0.26, 0.5, 0.74):
        x, y = path[int(t * 259)]
        setting(scene, (x, y + 0.052), 0.030)


def frange(start: float, end: float, steps: int) -> Iterable[float]:
    return [start + (end - start) * step / (steps - 1) for step in range(steps)]


PIECES: dict[str, Callable[[Scene], None]] = {
    "lariat": lariat,
    "hoops": hoops,
    "huggies": huggies,
    "tennis": tennis,
    "stack": stack,
    "drops": drops,
    "signet": signet,
    "anklet": anklet,
}
#: Where a close-up looks.
CLOSE: dict[str, tuple[Point, float]] = {
    "lariat": ((0.5, 0.66), 1.9),
    "hoops": ((0.34, 0.50), 1.7),
    "huggies": ((0.36, 0.47), 2.1),
    "tennis": ((0.60, 0.66), 2.1),
    "stack": ((0.52, 0.58), 1.7),
    "drops": ((0.40, 0.50), 1.8),
    "signet": ((0.5, 0.40), 1.75),
    "anklet": ((0.52, 0.60), 2.0),
}


def picture(
    piece: str, metal_name: str, stone: str, tone: str, *, size: int, close: bool = False, seed: int = 1
) -> Image.Image:
    """One finished picture of a piece, whole or close up."""
    center, zoom = CLOSE[piece] if close else ((0.5, 0.5), 1.0)
    scene = Scene(size, metal_name, stone, tone, random.Random(seed), zoom, center)
    if not close and piece in ("stack", "signet", "huggies"):
        pedestal(scene, (0.5, 0.80), 0.36, 0.5)
    PIECES[piece](scene)
    return scene.finish()


#: The eight products of samples/pavoi/products.json: piece, metal, stone, backdrop of the whole, of the close-up.
PAVOI = [
    ("lariat", "gold", "clear", "blush", "midnight"),
    ("hoops", "gold", "clear", "linen", "terracotta"),
    ("huggies", "silver", "clear", "slate", "pearl"),
    ("tennis", "silver", "clear", "midnight", "blush"),
    ("stack", "rose", "champagne", "pearl", "plum"),
    ("drops", "gold", "clear", "sage", "slate"),
    ("signet", "gold", "emerald", "terracotta", "linen"),
    ("anklet", "silver", "sapphire", "linen", "midnight"),
]


def vault() -> list[tuple[str, str, str, str]]:
    """Forty different pieces: piece, metal, stone, backdrop, no two neighbours alike."""
    pieces, metals, stones, tones = list(PIECES), list(METALS), list(STONES), list(BACKDROPS)
    return [
        (pieces[n % 8], metals[(n // 3 + n) % 3], stones[(n * 5 + n // 8) % 6], tones[(n * 3 + n // 8) % 8])
        for n in range(40)
    ]


def save(image: Image.Image, path: Path, quality: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, "JPEG", quality=quality, optimize=True, progressive=True)


def main() -> None:
    for number, (piece, metal_name, stone, tone, close_tone) in enumerate(PAVOI, start=1):
        save(picture(piece, metal_name, stone, tone, size=1400), HERE / f"pavoi/images/{number}.jpg", 84)
        save(
            picture(piece, metal_name, stone, close_tone, size=1400, close=True),
            HERE / f"pavoi/images/{number}b.jpg",
            84,
        )
    for number, look in enumerate(vault(), start=1):
        save(picture(*look, size=800), HERE / f"holiday-vault/images/{number}.jpg", 80)


if __name__ == "__main__":
    main()
