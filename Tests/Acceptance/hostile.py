"""Measures what hostile and slow clients cost a running server.

    Tests/Acceptance/hostile.py            [.build/release/gand]

Starts the binary on a port of its own and prints a line for each measure, with what is allowed; exits 1 where one fails.
"""
import gzip, json, os, re, resource, select, signal, socket, subprocess, sys, tempfile, threading, time, zlib

BINARY = sys.argv[1] if len(sys.argv) > 1 else ".build/release/gand"
GET = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
failed = False


def report(what, value, limit, unit=""):
    global failed
    failed |= value > limit
    print(f"{'ok  ' if value <= limit else 'FAIL'} {what}: {value:.4g} {unit} (at most {limit:g})", flush=True)


class Server:
    def __init__(self, *flags):
        self.folder = tempfile.TemporaryDirectory()
        self.process = subprocess.Popen(
            [BINARY, "serve", "--listen", "127.0.0.1:0", "--data-dir", self.folder.name + "/data", "--log-format",
             "json", "--max-connections-per-address", "16000", *flags], stdout=subprocess.PIPE)
        text = b""
        while b"listening" not in text:
            text += self.process.stdout.readline()
        self.port = int(re.search(rb"127\.0\.0\.1:(\d+)", text)[1])
        threading.Thread(target=lambda: [None for _ in self.process.stdout], daemon=True).start()

    def connect(self, buffer=None):
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.connect(("127.0.0.1", self.port))
        return client

    def get(self):
        """Seconds that a request of its own connection takes."""
        start = time.monotonic()
        with self.connect() as client:
            client.sendall(GET)
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        return time.monotonic() - start

    def memory(self, kind="Rss"):
        with open(f"/proc/{self.process.pid}/smaps_rollup") as file:
            return int(re.search(rf"^{kind}: +(\d+)", file.read(), re.M)[1]) * 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


def idle():
    server = Server()
    for _ in range(100):
        server.get()
    before = server.memory()
    clients = []
    for _ in range(10_000):
        client = server.connect()
        client.sendall(GET)
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
        clients.append(client)
    report("memory of an idle connection", (server.memory() - before) / len(clients) / 1024, 12, "KiB")
    report("slowest of 100 requests beside 10,000 idle connections", max(server.get() for _ in range(100)) * 1000, 50, "ms")
    for client in clients:
        client.close()
    server.stop()


def drip():
    server = Server()
    clients = [server.connect() for _ in range(1000)]
    start = time.monotonic()
    head = b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100
    slowest, ended = 0, {}
    for byte in head:
        for index, client in enumerate(clients):
            if index in ended:
                continue
            try:
                client.send(bytes([byte]))
                if select.select([client], [], [], 0)[0]:
                    ended[index] = (time.monotonic() - start, client.recv(4096)[:12])
            except OSError:
                ended[index] = (time.monotonic() - start, b"")
        if len(ended) == len(clients):
            break
        slowest = max(slowest, server.get())
        time.sleep(max(0, 1 - (time.monotonic() - start) % 1))
    report("seconds until 1,000 dripping clients are cut", max(at for at, _ in ended.values()), 13, "s")
    report("dripping clients that were not told 408", sum(answer != b"HTTP/1.1 408" for _, answer in ended.values()), 0)
    report("slowest request beside them", slowest * 1000, 50, "ms")
    server.stop()


def slow_reader():
    server = Server()
    with server.connect() as client:
        client.sendall(b"POST /train?steps=0&wait=60 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        while client.recv(65536):
            pass
    with server.connect() as client:
        client.sendall(b"GET /sample?n=100000 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        while client.recv(65536):
            pass
    before = server.memory()
    client = server.connect(buffer=8192)
    # 10 million rows twice over are as near to 1 GB as the limit of rows lets a client ask for.
    client.sendall(b"GET /sample?n=10000000&scores=true HTTP/1.1\r\nHost: localhost\r\n\r\n")
    start, peak, got = time.monotonic(), 0, 0
    while time.monotonic() - start < 45:
        piece = client.recv(1024)
        assert piece, "a client that reads is not cut"
        got += len(piece)
        peak = max(peak, server.memory() - before)
        time.sleep(max(0, got / 10_240 - (time.monotonic() - start)))
    report("memory for a client that reads 10 KB/s", peak / 1e6, 1, "MB")
    server.stop()


def bomb():
    server = Server()
    server.get()
    before, peak, stop = server.memory(), [0], threading.Event()

    def watch():
        while not stop.wait(0.01):
            peak[0] = max(peak[0], server.memory())

    threading.Thread(target=watch).start()
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 24)
    client = server.connect()
    client.sendall(b"POST /score HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n")
    slowest = 0
    try:
        for number in range(10 * (1 << 30) // len(zeros)):
            piece = deflater.compress(zeros)
            if piece:
                client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            slowest = max(slowest, server.get())
            if select.select([client], [], [], 0)[0]:
                break
    except OSError:
        pass
    answer = client.recv(4096)
    stop.set()
    report("status of a gzip body of 10 GB, but 413", abs(int(answer[9:12]) - 413), 0)
    report("memory that it took", (peak[0] - before) / 1e6, 50, "MB")
    report("slowest request beside it", slowest * 1000, 100, "ms")
    server.stop()


def resets():
    server = Server()
    server.get()
    before = server.descriptors()
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
    for number in range(100_000):
        client = server.connect()
        if number % 3:
            client.send(GET[: number % len(GET)] or b"G")
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.close()
    deadline = time.monotonic() + 15
    while server.descriptors() > before and time.monotonic() < deadline:
        time.sleep(0.1)
    report("descriptors left by 100,000 connections that were reset", server.descriptors() - before, 0)
    server.stop()


def exhaustion():
    server = Server()
    subprocess.run(["prlimit", "--pid", str(server.process.pid), "--nofile=64"], check=True)
    clients = [server.connect() for _ in range(200)]
    time.sleep(0.5)
    for client in clients:
        client.close()
    deadline = time.monotonic() + 10
    while True:
        try:
            server.get()
            break
        except (OSError, AssertionError):
            assert time.monotonic() < deadline
    report("seconds until a server that ran out of descriptors answers again", time.monotonic() - deadline + 10, 2, "s")
    server.stop()


def drain():
    for _ in range(3):
        server = Server()
        load = subprocess.Popen(
            ["wrk", "-t1", "-c64", "-d4", f"http://127.0.0.1:{server.port}/livez"], stdout=subprocess.PIPE, text=True)
        time.sleep(1.5)
        start = time.monotonic()
        code = server.stop()
        report("exit code of a server stopped under load", code, 0)
        report("seconds that it took", time.monotonic() - start, 20, "s")
        output = load.communicate()[0]
        errors = re.search(r"read (\d+), write (\d+)", output)
        report("reads that were reset", int(errors[1]) if errors else 0, 0)
        if errors:
            print("    " + errors.string[errors.start():errors.end()])


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (20_000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for measure in [idle, drip, slow_reader, bomb, resets, exhaustion, drain]:
        if len(sys.argv) < 3 or measure.__name__ in sys.argv[2:]:
            measure()
    sys.exit(failed)
