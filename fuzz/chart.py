# SPDX-License-Identifier: MIT
"""One page that needs nothing else: curves over time, a table of the
instances, bars of the floors. Colours follow what the reader prefers."""
import html

W, H = 760, 190  # of a panel, in units of the drawing
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 30, 26
STYLE = """
:root { color-scheme: light dark; --ink: #1c2330; --dim: #667085;
  --rule: #d5dae3; --paper: #fff; --one: #1f6feb; --two: #b54708;
  --three: #177245; --four: #7a3fb5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #98a2b3;
  --rule: #39414f; --paper: #14181f; --one: #6ea8fe; --two: #f0a35e;
  --three: #5bc98c; --four: #c39bf0; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 48rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; }
p { color: var(--dim); margin: .2rem 0 1.2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; padding: .25rem .5rem;
  border-bottom: 1px solid var(--rule); }
th { color: var(--dim); font-weight: 500; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--dim); }
svg .title { fill: var(--ink); font-weight: 600; }
svg .axis { stroke: var(--rule); fill: none; }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .track { fill: var(--rule); } svg .aim { stroke: var(--two);
  stroke-dasharray: 3 3; }
svg .mine { fill: var(--one); } svg .all { fill: var(--three); }
"""
COLOURS = ["var(--one)", "var(--two)", "var(--three)", "var(--four)"]


def short(number):
    """12345 as 12.3k."""
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{unit}"
    return f"{number:.3g}"


def span_of(series):
    """The last second, and the most; both above 0."""
    points = [p for line in series for p in line]
    return (max([p[0] for p in points] + [1]),
            1.05 * max([p[1] for p in points] + [1]))


def panel(title, y, series):
    """One diagram: a line of (seconds, value) for each instance."""
    seconds, most = span_of(series)

    def x_of(second):
        return LEFT + (W - LEFT - RIGHT) * second / seconds

    def y_of(value):
        return y + H - BOTTOM - (H - TOP - BOTTOM) * value / most

    parts = [f'<text class="title" x="{LEFT}" y="{y + 16}">{title}</text>']
    for i in range(5):
        value, second = most * i / 4, seconds * i / 4
        parts.append(f'<path class="axis" d="M{LEFT} {y_of(value):.1f}'
                     f'H{W - RIGHT}"/><text text-anchor="end" x="{LEFT - 8}" '
                     f'y="{y_of(value) + 4:.1f}">{short(value)}</text>'
                     f'<text text-anchor="middle" x="{x_of(second):.1f}" '
                     f'y="{y + H - 8}">{second:.0f} s</text>')
    for i, line in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        dots = " ".join(f"{x_of(s):.1f},{y_of(v):.1f}" for s, v in line)
        parts.append(f'<polyline class="curve" stroke="{colour}" '
                     f'points="{dots}"/>')
        parts += [f'<circle r="3" fill="{colour}" cx="{x_of(s):.1f}" '
                  f'cy="{y_of(v):.1f}"/>' for s, v in line[-1:]]
    return "".join(parts)


def curves(instances):
    """Edges, all execs and execs a second, one under the other."""
    panels = [("edges", 3), ("execs, all of them", 1), ("execs a second", 2)]
    parts = [panel(title, i * H, [[(row[0], row[column]) for row in
                                   instance["rows"]] for instance in instances])
             for i, (title, column) in enumerate(panels)]
    return f'<svg viewBox="0 0 {W} {H * len(panels)}" role="img" ' \
        f'aria-label="edges and execs over time">{"".join(parts)}</svg>'


def bars(floors):
    """Two bars for each floor: this corpus, and all of them."""
    parts, y, left, width = [], 24, 110, 440
    for floor, (mine, everybody, lines, aim) in floors.items():
        parts.append(f'<text x="0" y="{y + 15}">{html.escape(floor)}</text>')
        for i, (value, sort) in enumerate(((mine, "mine"),
                                           (everybody, "all"))):
            parts.append(
                f'<rect class="track" x="{left}" y="{y + 11 * i}" '
                f'width="{width}" height="9" opacity=".4"/>'
                f'<rect class="{sort}" x="{left}" y="{y + 11 * i}" '
                f'width="{width * value / 100:.1f}" height="9"/>')
        if aim:
            x = left + width * aim / 100
            parts.append(f'<path class="aim" d="M{x} {y - 3}V{y + 24}"/>')
        parts.append(f'<text x="{left + width + 10}" y="{y + 15}">'
                     f'{mine:.1f} %, all {everybody:.1f} % of {lines} lines'
                     f'</text>')
        y += 34
    return f'<svg viewBox="0 0 {W} {y}" role="img" aria-label="coverage">' \
        f'{"".join(parts)}</svg>'


def table(instances):
    rows = []
    for i, instance in enumerate(instances):
        seconds, execs, _, edges = (instance["rows"] or [(0, 0, 0, 0)])[-1]
        cells = [f'<span style="color:{COLOURS[i % len(COLOURS)]}">■</span> ' +
                 html.escape(instance["name"]), f"{seconds} s", short(execs),
                 f"{execs / max(seconds, 1):.0f}", edges, instance["corpus"],
                 instance["stability"], instance["finds"]]
        rows.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    heads = ["instance", "time", "execs", "a second", "edges", "kept",
             "stability", "finds"]
    return "<table><tr>" + "".join(f"<th>{h}</th>" for h in heads) + \
        "</tr>" + "".join(rows) + "</table>"


def page(target, promise, instances, floors):
    """The whole of it, as text."""
    name = html.escape(target)
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>fuzz: {name}</title><style>{STYLE}</style>
<h1>{name}</h1><p>{html.escape(promise)}</p>
{table(instances) if instances else "<p>No campaign yet.</p>"}
<h2>Over time</h2>{curves(instances) if instances else ""}
<h2>Lines that the corpus walks through</h2>
<p>Above this target's corpus, below all corpora together; the dashed line is
the aim.</p>{bars(floors)}
</html>
"""
