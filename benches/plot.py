"""Draws time and memory against the size of the data, and time against the number of detections, as SVG that reads on
white and on dark pages."""
import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

TITLES = {
    "time.svg": "Time against size of the data",
    "memory.svg": "Memory against size of the data",
    "rules.svg": "Time against number of detections",
}
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 64, 210, 54, 52
TEXT, GRID = "#767676", "#8888884d"
COLOURS = {"EVTX": "#2f81f7", "JSON lines": "#d9730d", "XML lines": "#1a9e5c"}


@dataclass
class Line:
    """A line of a plot: its points from left to right."""

    label: str
    colour: str
    points: list
    dashed: bool = False


@dataclass
class Scale:
    """From values, 0 to `most`, to pixels."""

    most: float
    step: float
    start: float
    end: float

    def at(self, value):
        return self.start + (self.end - self.start) * value / self.most

    def ticks(self):
        return [number * self.step for number in range(round(self.most / self.step) + 1)]


def plots(measured):
    """The plots by the names of their files; none of what was not measured."""
    growing = sizes(measured.points) if measured.points else {}
    return {**growing, **(rules(measured.costs) if measured.costs else {})}


def sizes(points):
    """Time and memory of each kind."""
    kinds = {point.kind: [] for point in points}
    for point in points:
        kinds[point.kind].append(point)
    times, memory = [], []
    for kind, these in kinds.items():
        label, colour = f"{kind}: sluice scan", COLOURS[kind]
        times.append(Line(label, colour, [(each.bytes / 1e6, each.scan.seconds) for each in these]))
        memory.append(Line(label, colour, [(each.bytes / 1e6, each.scan.peak / 1e6) for each in these]))
        beside = [(each.bytes / 1e6, each.rival.seconds) for each in these if each.rival]
        if beside:
            times.append(Line(f"{kind}: {short(these[0].rival.name)}", colour, beside, dashed=True))
    return {
        "time.svg": draw(TITLES["time.svg"], "seconds", "MB of logs", times),
        "memory.svg": draw(TITLES["memory.svg"], "MB, peak RssAnon", "MB of logs", memory),
    }


def rules(costs):
    """Time on all cores and on one."""
    threads = {}
    for cost in costs:
        threads.setdefault(cost.threads, []).append((cost.detections, cost.seconds))
    most = max(threads)
    lines = [
        Line(f"sluice scan --threads {count}", COLOURS["EVTX"], places, dashed=count < most)
        for count, places in threads.items()
    ]
    return {"rules.svg": draw(TITLES["rules.svg"], "seconds", "detections", lines)}


def short(command):
    """The command without its input and output."""
    return command.removesuffix(" -o jsonl").removesuffix(" literals.txt")


def draw(title, unit, below, lines):
    """One plot: title, axes with what is up and what is below, lines, legend."""
    across = scale([x for line in lines for x, _ in line.points], LEFT, WIDTH - RIGHT)
    up = scale([y for line in lines for _, y in line.points], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}"'
        f' font-family="system-ui, sans-serif" font-size="12" fill="{TEXT}" role="img">',
        f"<title>{escape(title)}</title>",
        text(LEFT, 18, title, 'font-size="14" font-weight="600"'),
        text(LEFT, 36, unit),
        *axes(across, up, below),
        *(part for line in lines for part in curve(line, across, up)),
        *(part for number, line in enumerate(lines) for part in legend(line, TOP + 10 + 22 * number)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def scale(values, start, end):
    """A scale from 0 with some five round steps."""
    rough = (max(values) or 1) / 5
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * times for times in (1, 2, 2.5, 5, 10) if power * times >= rough)
    return Scale(step * math.ceil(max(values) / step) or step, step, start, end)


def axes(across, up, below):
    for value in up.ticks():
        y = up.at(value)
        yield f'<path d="M{across.start} {y:.1f}H{across.end}" stroke="{TEXT if value == 0 else GRID}"/>'
        yield text(across.start - 8, y + 4, f"{value:g}", 'text-anchor="end"')
    for value in across.ticks():
        x = across.at(value)
        yield f'<path d="M{x:.1f} {up.start}v5" stroke="{TEXT}"/>'
        yield text(x, up.start + 20, f"{value:g}", 'text-anchor="middle"')
    yield text((across.start + across.end) / 2, up.start + 42, below, 'text-anchor="middle"')


def curve(line, across, up):
    places = [(across.at(x), up.at(y)) for x, y in line.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{path}" fill="none" {stroke(line)}/>'
    for x, y in places:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{line.colour}"/>'


def legend(line, y):
    x = WIDTH - RIGHT + 24
    yield f'<path d="M{x} {y}h22" {stroke(line)}/>'
    yield text(x + 30, y + 4, line.label)


def stroke(line):
    dashes = ' stroke-dasharray="5 4"' if line.dashed else ""
    return f'stroke="{line.colour}" stroke-width="2"{dashes}'


def text(x, y, words, more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(words)}</text>'
