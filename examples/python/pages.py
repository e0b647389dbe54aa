"""Pages for people: the facts, in the order of job keys, and the charts. No script, nothing fetched from elsewhere."""

from html import escape

STYLE = """
:root { color-scheme: light dark } body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; font: 15px/1.5 system-ui }
nav { display: flex; gap: 1rem } table { border-collapse: collapse; width: 100% } figure { margin: 1rem 0 }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-top: 1px solid #8884 }
.bar { height: .5rem; border-radius: 4px; background: #2f6fd0 } .quiet { opacity: .7 } .notes { display: flex; gap: .6rem }
.notes span { border: 1px solid #8886; border-radius: 99px; padding: .1rem .7rem; font-size: .85rem }
"""


def page(title, content):
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title><style>{STYLE}</style></head>
<body><nav><a href="/">Facts</a><a href="/metrics">Metrics</a></nav><h1>{escape(title)}</h1>{content}</body></html>"""


def table(columns, rows, none):
    if not rows:
        return f'<p class="quiet">{escape(none)}</p>'
    head = "".join(f"<th>{escape(name.replace('_', ' '))}</th>" for name in columns)
    cells = lambda row: "".join(f"<td>{escape(shown(row[name]))}</td>" for name in columns)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{cells(row)}</tr>' for row in rows)}</table>"


def shown(value):
    return "–" if value is None else str(value)


def facts(overview):
    jobs = table(
        ["key", "status", "tokens", "steps", "result", "started_at"], overview["jobs"], "No job is on record."
    )
    incidents = table(
        ["job", "kind", "severity", "state", "summary", "opened_at"],
        overview["incidents"],
        "No incident is on record.",
    )
    notes = table(["key", "value", "written_at"], overview["notes"], "Nothing is noted.")
    return page("Facts", f"<h2>Incidents</h2>{incidents}<h2>Jobs</h2>{jobs}<h2>Notes</h2>{notes}")


def metrics(found):
    """`found` is None when the charts cannot be read."""
    labels = ["Non-authoritative"]
    if found is not None and found["partial"]:
        labels.append("Partial data")
    if found is not None and found["skipped"] > 0:
        labels.append(f"{found['skipped']} rows skipped as unusable")
    notes = "".join(f"<span>{escape(label)}</span>" for label in labels)
    series = [] if found is None else found["series"]
    charts = "".join(chart(point, series) for point in series)
    return page(
        "Metrics",
        f'<p class="notes">{notes}</p>{charts or "<p>No telemetry data available</p>"}',
    )


def chart(point, series):
    most = max(one["count"] for one in series)
    name = " · ".join(part for part in (point["name"], point["kind"]) if part is not None)
    mean = "" if point["mean"] is None else f", mean {point['mean']:.1f} ms"
    return f"""<figure><figcaption>{escape(name)}: {point["count"]}{mean}</figcaption>
<div class="bar" style="width: {100 * point["count"] / most:.1f}%"></div></figure>"""
