"""Measures what memory the server takes to read large tables.

    Tests/Acceptance/memory.py             [.build/release/gand] [megabytes]

A CSV file of numbers, categories and dates, and one with another time in nearly every row, are each looked at by a dry run in
at most twice their size; a table of 300,000 rows with 50,000 categories is learned in at most 2 GB, or refused with its
estimate; the peaks of trainings on tables of many rows, columns and categories are below their estimates. Prints a line for
each; exits 1 where one fails.
"""
import http.client, json, os, random, re, subprocess, sys, tempfile, threading

BINARY = sys.argv[1] if len(sys.argv) > 1 else ".build/release/gand"
MEGABYTES = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
failed = False
folder = tempfile.TemporaryDirectory()
random.seed(1)


def report(what, value, limit):
    global failed
    failed |= value > limit
    print(f"{'ok  ' if value <= limit else 'FAIL'} {what}: {value / 1e6:.0f} MB (at most {limit / 1e6:.0f})", flush=True)


def time(): return "%02d:%02d:%02d" % (random.randrange(24), random.randrange(60), random.randrange(60))


def day(): return "2024-%02d-%02d" % (random.randrange(1, 13), random.randrange(1, 29))


def person(_):
    return "%d,%s,%d,%s,%d,%s,%d,%d,%s,%s\n" % (
        random.randrange(17, 90), random.choice(["Private", "Self-emp-not-inc", "Local-gov", "?"]),
        random.randrange(10_000, 900_000), random.choice(["Bachelors", "HS-grad", "Some-college", "11th"]),
        random.randrange(1, 17), random.choice(["Married-civ-spouse", "Never-married", "Divorced"]),
        max(0, random.randrange(-900_000, 90_000)), random.randrange(1, 99),
        random.choice(["United-States", "Mexico", "Philippines"]), day())


def visit(row):
    return "%d,city%04d,%.2f,%s %s,%.6f,%s\n" % (
        row, random.randrange(900), random.lognormvariate(10, 1), day(), time(), random.random(),
        random.choice(["standard", "premium", "basic", ""]))


def product(row): return "sku%05d,%d,%s\n" % (row % 50_000, random.randrange(1, 20), random.choice("NSEW"))


def numbers(count): return lambda _: ",".join(f"{random.gauss(0, 1):.3f}" for _ in range(count)) + "\n"


def texts(count, kinds): return lambda _: ",".join(f"v{random.randrange(kinds)}" for _ in range(count)) + "\n"


def names(count): return ",".join(f"c{index}" for index in range(count)) + "\n"


def table(header, line, size=None, rows=None):
    path = f"{folder.name}/table.csv"
    with open(path, "w") as file:
        file.write(header)
        row = 0
        while (rows is None or row < rows) and (size is None or file.tell() < size):
            file.writelines(line(row + index) for index in range(10_000))
            row += 10_000
    return path


def run(path, query):
    """The answer, and the most memory that the server has had."""
    server = subprocess.Popen(
        [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", folder.name + "/data", "--log-format", "json"],
        stdout=subprocess.PIPE,
        env=os.environ | {"GAND_MAX_BODY_BYTES": str(1 << 33), "GAND_MAX_ROWS": "100000000"})
    line = b""
    while b"listening" not in line:
        line = server.stdout.readline()
    port = int(re.search(rb"127\.0\.0\.1:(\d+)", line)[1])
    threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True).start()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=7200)
    with open(path, "rb") as file:
        connection.request("POST", "/train?" + query, file, {"Content-Type": "text/csv"})
    answer = json.load(connection.getresponse())
    with open(f"/proc/{server.pid}/status") as file:
        peak = int(re.search(r"VmHWM:\s+(\d+)", file.read())[1]) * 1024
    server.kill()
    server.wait()
    return answer, peak


for what, header, line in [
    ("numbers, categories and dates", "age,work,weight,school,years,status,gain,hours,country,day\n", person),
    ("another time in nearly every row", "id,city,price,time,score,kind\n", visit),
]:
    path = table(header, line, size=MEGABYTES * 1_000_000)
    answer, peak = run(path, "dry_run=true")
    if "rows" not in answer:
        sys.exit(f"FAIL {what}: {answer}")
    report(f"{what}, {os.path.getsize(path) / 1e6:.0f} MB", peak, 2 * os.path.getsize(path))

path = table("sku,count,region\n", product, rows=300_000)
answer, peak = run(path, "steps=20&batch_size=16&generator_layers=32&discriminator_layers=32&wait=3600")
if answer.get("status") != "succeeded" and answer.get("code") != "memory_estimate_exceeded":
    sys.exit(f"FAIL 50,000 categories: {answer}")
report("300,000 rows with 50,000 categories", peak, 2e9)

SMALL = "steps=5&generator_layers=32&discriminator_layers=32&batch_size="
for what, header, line, rows, query in [
    ("people", "age,work,weight,school,years,status,gain,hours,country,day\n", person, 300_000, SMALL + "500"),
    ("120 columns of numbers", names(120), numbers(120), 60_000, SMALL + "128"),
    ("1,000 columns of numbers", names(1000), numbers(1000), 20_000, SMALL + "128"),
    ("20 columns of 1,000 texts", names(20), texts(20, 1000), 20_000, SMALL + "100&constraints=none&max_categories=10000"),
]:
    path = table(header, line, rows=rows)
    plan, _ = run(path, "dry_run=true&" + query)
    answer, peak = run(path, query + "&wait=3600")
    if answer.get("status") != "succeeded":
        sys.exit(f"FAIL {what}: {answer}")
    # The server itself takes some 50 MB, and what is allotted and freed leaves holes.
    report(f"{what}, {rows:,} rows, against the estimate", peak, plan["estimated_memory_bytes"] + 100e6)
sys.exit(failed)
