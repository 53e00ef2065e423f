"""Makes Tests/GANTests/SDMetricsQuality.swift: two small tables and what SDMetrics' quality report says of them.

    python Tests/References/sdmetrics_quality.py > Tests/GANTests/SDMetricsQuality.swift
"""
import io
import numpy as np
import pandas as pd
from sdmetrics.reports.single_table.quality_report import QualityReport

random = np.random.default_rng(1)


def table(rows, shift):
    begun = np.datetime64("2024-01-01T00:00:00") + random.integers(0, 9_000_000, rows).astype("timedelta64[s]")
    minutes = random.exponential(40 + shift, rows).round(1)
    data = pd.DataFrame({
        "begun": begun.astype(str), "ended": (begun + (minutes * 60).astype("timedelta64[s]")).astype(str),
        "minutes": minutes, "count": (minutes / 7 + random.normal(size=rows) * (2 + shift)).round().astype(int),
        "kind": np.where(minutes > 60, "long", random.choice(["short", "middling"], rows)),
        "place": random.choice(["here", "there", "elsewhere"], rows, p=[.6 - shift / 50, .3, .1 + shift / 50])})
    data.loc[random.random(rows) < .1, "ended"] = None
    data.loc[random.random(rows) < .15, "count"] = None
    data.loc[random.random(rows) < .1, "kind"] = None
    return data.to_csv(index=False, float_format="%.10g")


texts = {"real": table(60, 0), "synthetic": table(50, 5)}
tables = [pd.read_csv(io.StringIO(text)) for text in texts.values()]
kinds = {"begun": "datetime", "ended": "datetime", "minutes": "numerical", "count": "numerical", "kind": "categorical",
         "place": "categorical"}
columns = {name: {"sdtype": kind} | ({"datetime_format": "%Y-%m-%dT%H:%M:%S"} if kind == "datetime" else {})
           for name, kind in kinds.items()}
report = QualityReport()
report.generate(*tables, {"columns": columns}, verbose=False)
shapes = report.get_details("Column Shapes")
pairs = report.get_details("Column Pair Trends").dropna(subset=["Score"])

print("// Made by Tests/References/sdmetrics_quality.py.")
print("enum SDMetricsQuality {")
for name, text in texts.items():
    print(f'    static let {name} = """')
    print("".join(f"        {line}\n" for line in text.splitlines()), end="")
    print('        """')
print("    static let shapes: [String: Double] = [")
for name, score in zip(shapes["Column"], shapes["Score"]):
    print(f'        "{name}": {score!r},'.replace("np.float64(", "").replace(")", ""))
print("    ]\n    static let trends: [String: Double] = [")
for a, b, score in zip(pairs["Column 1"], pairs["Column 2"], pairs["Score"]):
    print(f'        "{a} {b}": {score!r},'.replace("np.float64(", "").replace(")", ""))
print(f"    ]\n    static let quality = {float(report.get_score())!r}\n}}")
