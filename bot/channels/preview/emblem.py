"""The European emblem, drawn by its published geometry.

Source: "Graphics guide to the European emblem" (Interinstitutional style guide, annex A1): a
rectangle whose length is one and a half times its height; twelve five-pointed stars, one point
up, at the hours of a clock on a circle with the radius of a third of the height; each star in
an invisible circle of an eighteenth of the height. Pantone Reflex Blue and Yellow: on the web
#003399 and #FFCC00.
"""

from __future__ import annotations

from math import cos, pi, sin

HEIGHT = 540
WIDTH = HEIGHT * 3 // 2
RING = HEIGHT / 3
STAR = HEIGHT / 18
BLUE = "#003399"
YELLOW = "#FFCC00"


def stars() -> list[str]:
    """The corners of the twelve stars as SVG ``points``."""
    hours = (pi / 6 * hour for hour in range(12))
    return [_star(WIDTH / 2 + RING * sin(a), HEIGHT / 2 - RING * cos(a)) for a in hours]


def _star(x: float, y: float) -> str:
    inner = STAR * sin(pi / 10) / sin(3 * pi / 10)
    corners = []
    for corner in range(10):
        radius, angle = (inner if corner % 2 else STAR), pi / 5 * corner
        corners.append(f"{x + radius * sin(angle):.2f},{y - radius * cos(angle):.2f}")
    return " ".join(corners)
