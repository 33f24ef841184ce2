"""A chart as SVG: dots on a logarithmic axis, a line of text for each row.

Colours follow the reader's light or dark scheme; each series has a shape of
its own, so that colours are not needed to tell them apart.
"""

import html
import math

LABELS, PLOT, NUMBERS, ROW, HEAD = 310, 420, 150, 20, 58
RATIO = "x"  # the unit whose 1 is a line to be seen
STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #24292f; }
  .title { font-weight: 600; font-size: 14px; }
  .right { text-anchor: end; } .middle { text-anchor: middle; }
  .grid { stroke: #d0d7de; } .one { stroke: #57606a; stroke-width: 2; }
  .series0 { fill: #0969da; stroke: #0969da; }
  .series1 { fill: #bc4c00; stroke: #bc4c00; }
  @media (prefers-color-scheme: dark) {
    text { fill: #d0d7de; } .grid { stroke: #3d444d; }
    .one { stroke: #9198a1; }
    .series0 { fill: #4493f8; stroke: #4493f8; }
    .series1 { fill: #f0883e; stroke: #f0883e; }
  }
"""


def element(name, content="", **attributes):
    words = "".join(f' {key.replace("_", "-")}="{value}"'
                    for key, value in attributes.items())
    return f"<{name}{words}>{content}</{name}>"


def text(x, y, words, kind=""):
    return element("text", html.escape(words), x=round(x, 1), y=y,
                   **{"class": kind})


def line(x1, y1, x2, y2, kind):
    return element("line", x1=round(x1, 1), y1=y1, x2=round(x2, 1), y2=y2,
                   **{"class": kind})


def mark(series, x, y):
    """A disc for the first series, a diamond for the second."""
    kind = {"class": f"series{series}"}
    if series == 0:
        return element("circle", cx=round(x, 1), cy=y, r=4, **kind)
    return element("path", d=f"M{x:.1f} {y - 5}l5 5l-5 5l-5 -5z", **kind)


class Axis:
    """Whole powers of ten around all values."""

    def __init__(self, values):
        logs = [math.log10(value) for value in values]
        self.low = math.floor(min(logs))
        self.high = max(math.ceil(max(logs)), self.low + 1)

    def x(self, value):
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return LABELS + PLOT * share

    def lines(self, bottom, unit):
        for power in range(self.low, self.high + 1):
            x = self.x(10 ** power)
            strong = power == 0 and unit == RATIO
            yield line(x, HEAD - 6, x, bottom, "one" if strong else "grid")
            yield text(x, HEAD - 10, f"{10 ** power:,g}{unit}", "middle")


def number(value):
    """Three digits: 0.512, 21.6, 1,819."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def legend(names):
    for i, name in enumerate(names):
        x = LABELS + 10 + 140 * i
        yield mark(i, x, 28)
        yield text(x + 10, 32, name)


def row_elements(axis, row, y, unit):
    """`row`: its label and, for each series, (value, lower bound) or None."""
    label, points = row
    yield text(LABELS - 10, y + 4, label, "right")
    for series, point in enumerate(points):
        if point is None:
            continue
        value, lower = point
        if lower:
            yield line(axis.x(lower), y, axis.x(value), y, f"series{series}")
        yield mark(series, axis.x(value), y)
    shown = [number(point[0]) + unit if point else "-" for point in points]
    yield text(LABELS + PLOT + 12, y + 4, " / ".join(shown))


def chart(title, names, rows, unit):
    """The whole picture; `names` are those of the series."""
    axis = Axis([bound for _, points in rows for point in points if point
                 for bound in point if bound])
    bottom = HEAD + ROW * len(rows)
    parts = [element("title", html.escape(title)), element("style", STYLE),
             text(10, 18, title, "title"), *axis.lines(bottom, unit)]
    if len(names) > 1:
        parts += legend(names)
    for i, row in enumerate(rows):
        parts += row_elements(axis, row, HEAD + ROW * i + ROW // 2, unit)
    width, height = LABELS + PLOT + NUMBERS, bottom + 10
    return element(
        "svg", "\n".join(["", *parts, ""]), xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}", width=width, height=height,
        role="img") + "\n"
