"""A colour and a line for each hand, computed so that words on it can be read.

Contrast is that of WCAG 2.2 (relative luminance, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio).
"""

from colorsys import hls_to_rgb
from typing import NamedTuple

INK, PAPER = "#1b1f24", "#ffffff"
DARK_INK, DARK_PAPER = "#eceef1", "#14171b"

_TEXT, _LINE = 7.0, 4.5
"""Asked for: more than the 4.5 and 3 of level AA, for paper and poor screens."""

LINES = ("solid", "dashed", "dotted", "double", "wavy")
COLOURS = 24
"""More hands than this share colours; their numbers tell them apart."""


class Shade(NamedTuple):
    """How the words of one hand look."""

    ground: str
    line: str
    dark_ground: str
    dark_line: str
    style: str


def palette(count: int) -> list[Shade]:
    """Return the shades of the first so many hands."""
    return [_shade(n) for n in range(min(count, COLOURS))]


def _shade(n: int) -> Shade:
    # Steps of the golden angle keep the hues of neighbours apart, however many there are.
    hue = (210 + n * 137.508) % 360 / 360
    return Shade(
        _until(hue, 0.89, 0.01, 0.75, INK, _TEXT),
        _until(hue, 0.45, -0.01, 0.7, PAPER, _LINE),
        _until(hue, 0.24, -0.01, 0.45, DARK_INK, _TEXT),
        _until(hue, 0.6, 0.01, 0.6, DARK_PAPER, _LINE),
        LINES[n % len(LINES)],
    )


def _until(
    hue: float, lightness: float, step: float, saturation: float, other: str, wanted: float
) -> str:
    """The first colour of a hue that stands out enough from another one."""
    while True:
        colour = _hex(hls_to_rgb(hue, lightness, saturation))
        if contrast(colour, other) >= wanted:
            return colour
        lightness = min(max(lightness + step, 0.0), 1.0)


def _hex(parts: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
