"""Kills a server again and again, and looks whether anything that it had answered for is lost.

    Tests/Acceptance/kill.py               [.build/release/gand] [rounds] [seed]

Each round trains, samples, cancels, imports and deletes at once, sends SIGKILL at a random moment, starts the server anew
and checks: the store opens, every version that is listed equals its digest and samples, jobs that were interrupted go on
behind their last checkpoint, no job is stuck, and no answered 202 is lost. Where a small disk can be mounted (as root), the
same is done with that disk full. Prints a line for each measure; exits 1 where one fails.
"""
import ctypes, hashlib, json, os, random, re, shutil, signal, socket, subprocess, sys, tempfile, threading, time
import http.client

BINARY = sys.argv[1] if len(sys.argv) > 1 else ".build/release/gand"
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 50
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
failures = []


def check(holds, what):
    if not holds:
        failures.append(what)
        print("FAIL", what, flush=True)


class Server:
    def __init__(self, folder, **environment):
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", folder, "--log-format", "json"],
            stdout=subprocess.PIPE,
            env={**os.environ, "GAND_SNAPSHOT_SECONDS": "1", "GAND_KEEP_VERSIONS": "1000",
                 "GAND_MAX_QUEUED_JOBS": "1000", "GAND_KEEP_JOBS": "100000",
                 "GAND_MIN_FREE_DISK_BYTES": "1000000", **environment})
        line = b""
        while b"listening" not in line:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit("FAIL the server did not start")
        self.port = int(re.search(rb"127\.0\.0\.1:(\d+)", line)[1])
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()

    def send(self, method, path, body=None, headers={}):
        """The status, the fields and the body; None where the server was killed meanwhile."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def json(self, method, path, body=None):
        answer = self.send(method, path, body)
        return json.loads(answer[2]) if answer else {}

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


class World:
    """What the server has answered for."""

    def __init__(self):
        self.lock = threading.Lock()
        self.jobs = {}        # id: the model
        self.versions = {}    # (model, version): the digest
        self.samples = {}     # (model, version): the bytes of a sample
        self.steps = {}       # id: the step of the last checkpoint that was told of
        self.doomed = set()   # models whose deletion was asked for
        self.weights = None


def work(server, world, rng, stop):
    """One client's requests, until the server dies."""
    while not stop.is_set():
        model = f"m{rng.randrange(6)}"
        kind = rng.random()
        if kind < 0.3:
            steps = rng.choice([1, 50, 300, 2000, 1_000_000])
            answer = server.send("POST", f"/train?model={model}&steps={steps}&batch_size=16&seed={rng.randrange(99)}")
            if answer and answer[0] == 202:
                with world.lock:
                    world.jobs[json.loads(answer[2])["id"]] = model
        elif kind < 0.6:
            answer = server.send("GET", f"/sample?model={model}&n=50")
            check(answer is None or answer[0] in (200, 404, 503), f"a sample gave {answer and answer[0]}")
        elif kind < 0.75:
            page = server.json("GET", "/jobs?status=running").get("data", [])
            for job in page:
                server.send("POST", f"/jobs/{job['id']}/cancel")
        elif kind < 0.9 and world.weights:
            name = f"i{rng.randrange(4)}"
            answer = server.send("PUT", f"/models/{name}/weights", world.weights)
            check(answer is None or answer[0] == 201, f"an import gave {answer and answer[0]}")
        else:
            name = f"i{rng.randrange(4)}"
            with world.lock:
                world.doomed.add(name)
            server.send("DELETE", f"/models/{name}")


def verify(server, world):
    """After a start: what was answered for is there, and is what it was."""
    listed = set()
    for model in server.json("GET", "/models").get("data", []):
        check("damaged_versions" not in model, f"{model['name']} has damaged versions")
        for version in model["versions"]:
            key = (model["name"], version["version"])
            listed.add(key)
            status, _, body = server.send("GET", f"/models/{key[0]}/weights?version={key[1]}")
            check(status == 200 and hashlib.sha256(body).hexdigest() == version["sha256"], f"{key} is another file")
            status, _, sample = server.send("GET", f"/sample?model={key[0]}@{key[1]}&n=20&seed=3&format=csv")
            check(status == 200, f"{key} does not sample: {status}")
            check(world.samples.setdefault(key, sample) == sample, f"{key} gives another sample")
            check(world.versions.setdefault(key, version["sha256"]) == version["sha256"], f"{key} has changed")
    for key in world.versions:
        check(key in listed or key[0] in world.doomed, f"{key} is lost")
    for job in list(world.jobs):
        answer = server.send("GET", f"/jobs/{job}")
        check(answer and answer[0] == 200, f"the job {job} is lost")
    for job in server.json("GET", "/jobs?limit=1000").get("data", []):
        events = server.json("GET", f"/jobs/{job['id']}/events?limit=10000").get("data", [])
        check([e["event"] for e in events] == list(range(1, len(events) + 1)), f"events of {job['id']} have holes")
        kept = [e["step"] for e in events if e["type"] == "snapshot" and e["snapshot"] == "kept"]
        started = [e for e in events if e["type"] == "progress"]
        if kept and started and job["status"] == "running":
            world.steps[job["id"]] = max(kept)
        job = server.json("GET", f"/jobs/{job['id']}")
        events = server.json("GET", f"/jobs/{job['id']}/events?limit=10000").get("data", [])
        over = job["status"] in ("succeeded", "failed", "canceled")
        check(not over or events[-1]["type"] == "done", f"{job['id']} is {job['status']} but its events are not")
        if over and job["status"] == "failed":
            check(job["error"]["code"] in ("crash_loop",), f"{job['id']} failed: {job['error']}")


def goes_on(server, world):
    """The job that runs now is past its last checkpoint."""
    for _ in range(100):
        for job in server.json("GET", "/jobs?status=running").get("data", []):
            step = world.steps.get(job["id"])
            if job["progress"]["step"] > 0 and step is not None:
                check(job["progress"]["step"] >= step, f"{job['id']} fell back from {step}")
                return 1
        if not world.steps:
            return 0
        time.sleep(0.02)
    return 0


def settle(server):
    """Every job comes to its end once it is asked to."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        active = [j for s in ("running", "queued") for j in server.json("GET", f"/jobs?status={s}&limit=1000")["data"]]
        if not active:
            return True
        for job in active:
            if job["progress"]["steps"] > 10_000:
                server.send("POST", f"/jobs/{job['id']}/cancel")
        time.sleep(0.1)
    return False


def kills(folder):
    rng, world, resumed = random.Random(SEED), World(), 0
    server = Server(folder)
    server.json("POST", "/train?model=first&steps=200&wait=60")
    world.weights = server.send("GET", "/models/first/weights")[2]
    for number in range(ROUNDS):
        stop = threading.Event()
        clients = [
            threading.Thread(target=work, args=(server, world, random.Random(f"{SEED}.{number}.{c}"), stop))
            for c in range(6)]
        for client in clients:
            client.start()
        time.sleep(rng.uniform(0.05, 2.5))
        server.kill()
        stop.set()
        for client in clients:
            client.join()
        server = Server(folder)
        verify(server, world)
        resumed += goes_on(server, world)
    check(settle(server), "a job is stuck")
    verify(server, world)
    restarts = [j["restarts"] for j in server.json("GET", "/jobs?limit=1000")["data"]]
    server.process.terminate()
    check(server.process.wait() == 0, "the server did not stop in order")
    print(f"{ROUNDS} kills: {len(world.jobs)} jobs accepted, {sum(map(bool, restarts))} interrupted "
          f"({max(restarts)} times at most), {resumed} seen behind their checkpoint, {len(world.versions)} versions "
          f"checked", flush=True)


def full_disk():
    folder = tempfile.mkdtemp()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, b"size=24m"):
        print("SKIPPED the full disk: a small one cannot be mounted here", flush=True)
        return os.rmdir(folder)
    try:
        server = Server(f"{folder}/data", GAND_MIN_FREE_DISK_BYTES="4000000")
        server.json("POST", "/train?model=a&steps=200&wait=60")
        job = server.json("POST", "/train?model=b&steps=20000&seed=1")
        long = server.json("POST", "/train?model=c&steps=1000000")
        ballast = f"{folder}/ballast"
        with open(ballast, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(65536))
            except OSError:
                pass
        answer = server.send("POST", "/train?model=d")
        check(answer[0] == 507 and b"insufficient_storage" in answer[2], f"a full disk: /train gave {answer[0]}")
        weights = server.send("GET", "/models/a/weights")
        answer = server.send("PUT", "/models/e/weights", weights[2])
        check(answer[0] == 507, f"a full disk: an import gave {answer[0]}")
        for path in ("/sample?model=a&n=100", "/models", "/jobs", "/livez", "/readyz", "/metrics", "/models/a/weights"):
            check(server.send("GET", path)[0] == 200, f"a full disk: {path}")
        check(server.send("POST", "/score?model=a", "[1,2]")[0] == 200, "a full disk: /score")
        check(server.json("GET", "/health")["status"] == "degraded", "a full disk: /health")
        # The short training ends while there is no room for it.
        for _ in range(600):
            now = server.json("GET", f"/jobs/{job['id']}")
            if now["stage"] == "saving":
                break
            time.sleep(0.1)
        check(now["status"] == "running" and now["stage"] == "saving", f"a full disk: the job is {now['status']}")
        server.kill()
        server = Server(f"{folder}/data", GAND_MIN_FREE_DISK_BYTES="4000000")
        check(server.send("GET", "/sample?model=a&n=100")[0] == 200, "a full disk: a sample after a kill")
        os.remove(ballast)
        now = server.json("GET", f"/jobs/{job['id']}?wait=120")
        check(now["status"] == "succeeded", f"room again: the job is {now['status']}")
        check(server.send("GET", "/sample?model=b&n=10")[0] == 200, "room again: no sample of what was learned")
        for _ in range(100):
            answer = server.send("POST", f"/jobs/{long['id']}/cancel")
            if answer[0] == 202:
                break
            time.sleep(0.1)
        now = server.json("GET", f"/jobs/{long['id']}?wait=60")
        check(now["status"] == "canceled", f"room again: the long job is {now['status']}")
        check(server.send("POST", "/train?model=d&steps=10&wait=60")[0] == 200, "room again: /train")
        check(server.send("DELETE", "/models/a")[0] == 204, "room again: a deletion")
        server.process.terminate()
        check(server.process.wait() == 0, "the server did not stop in order")
        print("a full disk: 507, samples and scores went on, nothing was lost", flush=True)
    finally:
        server.kill()
        libc.umount2(folder.encode(), 2)
        os.rmdir(folder)


folder = tempfile.mkdtemp()
try:
    kills(folder)
finally:
    shutil.rmtree(folder, ignore_errors=True)
full_disk()
print("FAILED" if failures else "passed", len(failures) or "", flush=True)
sys.exit(bool(failures))
