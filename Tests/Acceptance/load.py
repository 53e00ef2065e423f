"""Measures a server under 64 clients beside a training: half sample, a quarter score, a quarter read events.

    Tests/Acceptance/load.py               [.build/release/gand] [seconds]

No request may fail, /livez must answer within 50 ms 99 times in 100, the training may be slowed by no more than its share of
the cores, and memory must not grow between the 10th and the last second. Prints a line for each; exits 1 where one fails.
"""
import http.client, json, os, re, subprocess, sys, tempfile, threading, time

BINARY = sys.argv[1] if len(sys.argv) > 1 else ".build/release/gand"
SECONDS = float(sys.argv[2]) if len(sys.argv) > 2 else 60
failed = False
errors, counts, lock = [], {"sample": 0, "score": 0, "events": 0}, threading.Lock()


def report(what, value, limit, unit=""):
    global failed
    failed |= value > limit
    print(f"{'ok  ' if value <= limit else 'FAIL'} {what}: {value:.4g} {unit} (at most {limit:.4g})", flush=True)


folder = tempfile.TemporaryDirectory()
server = subprocess.Popen(
    [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", folder.name + "/data", "--log-format", "json"],
    stdout=subprocess.PIPE)
line = b""
while b"listening" not in line:
    line = server.stdout.readline()
port = int(re.search(rb"127\.0\.0\.1:(\d+)", line)[1])
threading.Thread(target=lambda: [None for _ in server.stdout], daemon=True).start()


def connect():
    return http.client.HTTPConnection("127.0.0.1", port, timeout=30)


def send(connection, method, path, body=None):
    connection.request(method, path, body)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status not in (200, 202):
        raise OSError(f"{method} {path}: {answer.status}")
    return data


def memory():
    with open(f"/proc/{server.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def steps(connection):
    return json.loads(send(connection, "GET", "/jobs/latest"))["progress"]["step"]


def speed(seconds):
    """Steps a second of the training, as they are counted."""
    connection = connect()
    before, began = steps(connection), time.monotonic()
    time.sleep(seconds)
    return (steps(connection) - before) / (time.monotonic() - began)


def client(kind, end):
    connection = connect()
    body = json.dumps([10.0 + 0.1 * i for i in range(100)])
    while time.monotonic() < end:
        try:
            if kind == "sample":
                send(connection, "GET", "/sample?n=100&model=served")
            elif kind == "score":
                send(connection, "POST", "/score?model=served", body)
            else:
                # Reads what was, then what comes, for a while.
                connection.request("GET", "/jobs/latest/events?format=sse")
                answer = connection.getresponse()
                until = min(end, time.monotonic() + 5)
                while time.monotonic() < until:
                    if not answer.readline():
                        raise OSError("the stream of events ended")
                answer.close()
                connection.close()
                connection = connect()
            with lock:
                counts[kind] += 1
        except (OSError, http.client.HTTPException) as error:
            errors.append(f"{kind}: {error}")
            connection.close()
            connection = connect()
        time.sleep(0.02)


main = connect()
send(main, "POST", "/train?model=served&steps=500&wait=60")
send(main, "POST", "/train?model=long&steps=100000000&batch_size=256")
time.sleep(1)
alone = speed(5)
end = time.monotonic() + SECONDS
kinds = ["sample"] * 32 + ["score"] * 16 + ["events"] * 16
clients = [threading.Thread(target=client, args=(kind, end)) for kind in kinds]
for each in clients:
    each.start()
beside, live, sizes = [], [], []
threading.Thread(target=lambda: beside.append(speed(SECONDS - 5)), daemon=True).start()
began = time.monotonic()
while time.monotonic() < end:
    start = time.monotonic()
    send(main, "GET", "/livez")
    live.append(time.monotonic() - start)
    sizes.append((start - began, memory()))
    time.sleep(0.02)
for each in clients:
    each.join()
while not beside:
    time.sleep(0.1)
print(f"{len(kinds)} clients, {SECONDS:.0f} s: {counts}; the training made {alone:.0f} steps a second alone and "
      f"{beside[0]:.0f} beside them", flush=True)
for error in errors[:5]:
    print("     ", error)
report("errors", len(errors), 0)
report("/livez, 99th percentile", sorted(live)[int(0.99 * len(live))] * 1000, 50, "ms")
# A training of one thread has a core of the machine; the clients of this script take others.
share = 1 / max(1, min(2, os.cpu_count() or 1) + 1)
report("the training's slowdown", alone / max(beside[0], 1e-9), 1 / share)
early = [size for at, size in sizes if 10 <= at < 15] or [sizes[0][1]]
late = [size for at, size in sizes if at >= SECONDS - 5]
report("memory's growth behind the 10th second", max(late) / max(early) - 1, 0.05)
server.terminate()
report("exit code", server.wait(), 0)
folder.cleanup()
sys.exit(failed)
