"""The report's shapes and trends beside SDMetrics' on the same pairs of tables: columns, pairs, and the largest difference.

    swift build -c release --product benchmark-records
    python Benchmarks/Peers/quality.py REAL.csv ... (each beside its own rows, disturbed, and a table with timestamps)
"""
import json, os, subprocess, sys, tempfile, warnings
import numpy as np
import pandas as pd
from sdmetrics.reports.single_table.quality_report import QualityReport

warnings.filterwarnings("ignore")
binary = os.path.join(os.path.dirname(__file__), "../../.build/release/benchmark-records")
kinds = {"integer": "numerical", "decimal": "numerical", "timestamp": "datetime", "category": "categorical",
         "boolean": "categorical", "identifier": "id"}


def disturbed(table, random):
    """Rows drawn anew, a third of each column's values those of other rows."""
    table = table.sample(len(table), replace=True, random_state=random.integers(1 << 31)).reset_index(drop=True)
    for name in table.columns:
        moved = random.random(len(table)) < 1 / 3
        table.loc[moved, name] = random.permutation(table.loc[moved, name].values)
    return table


def timestamps(random, rows=2000):
    begun = np.datetime64("2024-01-01T00:00:00") + random.integers(0, 366 * 86400, rows).astype("timedelta64[s]")
    minutes = random.exponential(40, rows).round(1)
    ended = begun + (minutes * 60).astype("timedelta64[s]")
    table = pd.DataFrame({"begun": begun.astype(str), "ended": ended.astype(str), "minutes": minutes,
                          "kind": np.where(minutes > 60, "long", random.choice(["short", "middling"], rows))})
    table.loc[random.random(rows) < .1, "ended"] = None
    return table


def compare(name, real, random):
    with tempfile.TemporaryDirectory() as folder:
        paths = [f"{folder}/real.csv", f"{folder}/synthetic.csv"]
        for path, table in zip(paths, (real, disturbed(real, random))):
            table.to_csv(path, index=False)
        ours = json.loads(subprocess.run([binary, *paths], check=True, capture_output=True).stdout)
        tables = [pd.read_csv(path, keep_default_na=False, na_values=["", "NA"]) for path in paths]
    columns = {column: {"sdtype": kinds[kind]} for column, kind in ours["kinds"].items()}
    for column in columns.values():
        if column["sdtype"] == "datetime": column["datetime_format"] = "%Y-%m-%dT%H:%M:%S"
    theirs = QualityReport()
    theirs.generate(*tables, {"columns": columns}, verbose=False)
    shapes = theirs.get_details("Column Shapes").set_index("Column")["Score"].dropna()
    pairs = theirs.get_details("Column Pair Trends").dropna(subset=["Score"])
    ours["trends"] = {"|".join(sorted(pair.split("|"))): score for pair, score in ours["trends"].items()}
    trends = {"|".join(sorted((a, b))): score for a, b, score in zip(pairs["Column 1"], pairs["Column 2"], pairs["Score"])}
    assert set(shapes.index) == set(ours["shapes"]), (shapes.index, ours["shapes"].keys())
    assert set(trends) == set(ours["trends"]), set(trends) ^ set(ours["trends"])
    differences = [abs(score - ours["shapes"][column]) for column, score in shapes.items()]
    differences += [abs(score - ours["trends"][pair]) for pair, score in trends.items()]
    differences.append(abs(theirs.get_score() - ours["scores"]["quality"]))
    print(json.dumps(dict(table=name, columns=len(shapes), pairs=len(trends), quality=round(theirs.get_score(), 6),
                          largest_difference=float(max(differences)))), flush=True)


for path in sys.argv[1:]:
    real = pd.read_csv(path, keep_default_na=False, na_values=["", "NA"], dtype=object)
    compare(os.path.basename(path), real, np.random.default_rng(1))
compare("timestamps", timestamps(np.random.default_rng(2)), np.random.default_rng(3))
