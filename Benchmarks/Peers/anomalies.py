"""Area under the ROC of gand's scores beside scikit-learn's IsolationForest, on the same rows: a 20-dimensional normal
with 5 % shifted rows, and, where a file is given, penguins.csv (two species learned, the third to be found).

    python Benchmarks/Peers/anomalies.py http://127.0.0.1:8080 [penguins.csv]
"""
import csv, json, sys, urllib.request
import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score


def post(path, body):
    request = urllib.request.Request(sys.argv[1] + path, json.dumps(body).encode(), {"content-type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def compare(name, train, test, is_real, seed):
    post(f"/train?model=anomalies&wait=600&seed={seed}", train.tolist())
    answer = post("/score?model=anomalies&detail=true", test.tolist())
    gand = roc_auc_score(is_real, answer.get("logits") or answer["scores"])
    forest = IsolationForest(random_state=seed).fit(train)
    print(json.dumps(dict(data=name, seed=seed, gand=round(gand, 4),
                          isolation_forest=round(roc_auc_score(is_real, forest.score_samples(test)), 4))), flush=True)


for seed in range(1, 4):
    random = np.random.default_rng(seed)
    train = random.normal(size=(4000, 20))
    test = random.normal(size=(2000, 20))
    is_real = random.random(2000) > .05
    test[~is_real, :] += 1
    compare("normal", train, test, is_real, seed)
if len(sys.argv) > 2:
    rows = [r for r in csv.DictReader(open(sys.argv[2]))]
    columns = [c for c in rows[0] if c.endswith(("_mm", "_g"))]
    rows = [r for r in rows if all(r[c] not in ("", "NA") for c in columns)]
    species = sorted({r["species"] for r in rows})
    for seed, hidden in enumerate(species, 1):
        real = np.array([[float(r[c]) for c in columns] for r in rows if r["species"] != hidden])
        other = np.array([[float(r[c]) for c in columns] for r in rows if r["species"] == hidden])
        chosen = np.random.default_rng(seed).permutation(len(real)) < .7 * len(real)
        test = np.concatenate([real[~chosen], other])
        compare(f"penguins without {hidden}", real[chosen], test, np.arange(len(test)) < (~chosen).sum(), seed)
