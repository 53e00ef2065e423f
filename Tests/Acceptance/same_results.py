"""Compares the results of two builds, bit for bit.

    Tests/Acceptance/same_results.py BEFORE AFTER       two binaries, or a JSON file that --save wrote
    Tests/Acceptance/same_results.py --save FILE BINARY

Trains seven models (the demonstration, two and five columns of numbers, linear, uniform, records with gaps, records with
dates, rules and identifiers) with three seeds each, and takes the SHA-256 of the tensors of the weights, of 1,000 sampled
rows in each format, with rejection, with a condition and balanced, of the scores of 100 rows, and of the report. Prints a
line for each difference; exits 1 if there is one.
"""
import datetime, hashlib, json, os, random, re, struct, subprocess, sys, tempfile, threading
import urllib.error, urllib.parse, urllib.request

SEEDS = (1, 2, 3)


def numbers(columns):
    random.seed(columns)
    def row():
        base = random.gauss(0, 1)
        return [round(base * (i + 1) + random.gauss(0, 1) ** 2, 4) for i in range(columns)]
    return json.dumps([row() for _ in range(600)]).encode(), "application/json"


def birds():
    random.seed(11)
    kinds = {"Adelie": (38, 3700), "Chinstrap": (48, 3733), "Gentoo": (47, 5076)}
    lines = ["species,island,bill_mm,mass_g,sex"]
    for _ in range(340):
        kind = random.choice(list(kinds))
        bill, mass = kinds[kind]
        gap = random.random() < 0.02
        lines.append(",".join([
            kind, random.choice(["Biscoe", "Dream"]) if kind != "Gentoo" else "Biscoe",
            "" if gap else f"{random.gauss(bill, 3):.1f}", "" if gap else str(25 * round(random.gauss(mass, 400) / 25)),
            random.choice(["MALE", "FEMALE", ""])]))
    return "\n".join(lines).encode(), "text/csv"


def visits():
    random.seed(12)
    towns = [("Paris", "FR"), ("Lyon", "FR"), ("Rome", "IT"), ("Turin", "IT"), ("Berlin", "DE")]
    lines = ["id,town,country,start,end,at,low,high,paid,grade,constant"]
    for index in range(500):
        town, country = random.choice(towns)
        start = datetime.date(2024, 1, 1) + datetime.timedelta(days=random.randrange(300))
        end = start + datetime.timedelta(days=random.randrange(40))
        low = random.randrange(50)
        lines.append(",".join(map(str, [
            f"AB{index:05d}", town, country, start, end, "%02d:%02d:00" % (random.randrange(24), random.randrange(60)), low,
            low + random.randrange(30), "" if random.random() < 0.2 else round(random.lognormvariate(3, 1), 2),
            random.choice("ABCDE"), 7])))
    return "\n".join(lines).encode(), "text/csv"


MODELS = {
    "demonstration": (b"", None, "steps=300"),
    "pairs": (*numbers(2), "steps=300"),
    "vectors": (*numbers(5), "steps=200&loss=wgan-gp&normalization=layer&residual=on&packing=2"),
    "linear": (b"", None, "family=linear&steps=300"),
    "uniform": (b"", None, "family=uniform"),
    "birds": (*birds(), "steps=300&batch_size=100"),
    "visits": (*visits(), "steps=200&batch_size=100&constraints=start<=end,low<=high,combination:town:country,unique:id"),
}


class Server:
    def __init__(self, binary):
        self.folder = tempfile.TemporaryDirectory()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("GAND_")}
        self.process = subprocess.Popen(
            [binary, "serve", "--listen", "127.0.0.1:0", "--data-dir", self.folder.name + "/data", "--log-format", "json"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
        for line in self.process.stdout:
            found = re.search(rb"127\.0\.0\.1:(\d+)", line)
            if found:
                self.address = f"http://127.0.0.1:{int(found[1])}"
                break
        else:
            sys.exit(f"{binary} did not start")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def ask(self, method, path, body=None, type=None, accept=None):
        headers = {key: value for key, value in (("Content-Type", type), ("Accept", accept)) if value}
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            # What cannot be, such as moving rows with categories, ends with the same code.
            problem = json.loads(error.read())
            return f"{error.code} {problem['code']} {problem['detail']}".encode()

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def tensors(weights):
    length = struct.unpack("<Q", weights[:8])[0]
    header = json.loads(weights[8:8 + length])
    parts = sorted((name, entry["shape"], entry["dtype"], entry["data_offsets"])
                   for name, entry in header.items() if name != "__metadata__")
    digest = hashlib.sha256()
    for name, shape, kind, (start, end) in parts:
        digest.update(repr((name, shape, kind)).encode() + weights[8 + length + start:8 + length + end])
    return digest.hexdigest()


def results(source):
    if source.endswith(".json"):
        return json.load(open(source))
    server, digests = Server(source), {}
    try:
        for name, (body, type, query) in MODELS.items():
            query = urllib.parse.quote(query, safe="=&,:")
            for seed in SEEDS:
                model = f"{name}-{seed}"
                job = json.loads(server.ask("POST", f"/train?model={model}&seed={seed}&wait=600&{query}", body, type))
                if job.get("status") != "succeeded":
                    sys.exit(f"{source}: {model} ended as {job}")
                def note(what, value): digests[f"{model} {what}"] = hashlib.sha256(value).hexdigest()
                digests[f"{model} weights"] = tensors(server.ask("GET", f"/models/{model}/weights"))
                sample = f"/sample?model={model}&n=1000&seed=5"
                for format in ("json", "ndjson", "csv", "npy"):
                    rows = server.ask("GET", f"{sample}&format={format}")
                    note(format, rows.replace(model.encode(), b""))
                note("scores", server.ask("GET", f"{sample}&format=csv&scores=true"))
                for method in ("drs", "refine"):
                    note(method, server.ask("GET", f"{sample}&format=csv&sampling={method}"))
                if name == "visits":
                    note("balance", server.ask("GET", f"{sample}&format=csv&balance=country"))
                    where = {"where": {"country": "FR", "low": {"min": 10, "max": 30}}}
                    note("where", server.ask("POST", f"{sample}&format=csv", json.dumps(where).encode(), "application/json"))
                rows = server.ask("GET", f"/sample?model={model}&n=100&seed=6")
                data = json.loads(rows)["data"]
                scores = json.loads(server.ask(
                    "POST", f"/score?model={model}&detail=true", json.dumps({"data": data}).encode(), "application/json"))
                note("score", json.dumps({key: scores.get(key) for key in ("scores", "logits", "percentiles")}).encode())
                # The report has its version's time of birth and identifiers in it: its figures alone are compared.
                # The figures alone: names and times are others'.
                report = server.ask("GET", f"/models/{model}/report", accept="application/json")
                if report.startswith(b"{"):
                    figures = {key: value for key, value in json.loads(report).items()
                               if key not in ("model", "created_at", "links")}
                    report = json.dumps(figures, sort_keys=True).encode()
                note("report", report)
    finally:
        server.stop()
    return digests


if sys.argv[1] == "--save":
    json.dump(results(sys.argv[3]), open(sys.argv[2], "w"), indent=1)
    sys.exit()
before, after = results(sys.argv[1]), results(sys.argv[2])
different = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
for key in different:
    print("differs:", key)
print(f"{len(before.keys() | after.keys()) - len(different)} results are the same, {len(different)} differ")
sys.exit(bool(different))
