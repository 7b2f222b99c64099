#!/usr/bin/env python3
"""Breaks what surrounds a cluster of real processes, and compares what comes out with an undisturbed run in one process. Needs root.

    dotnet build src/ActorSnn.Cli -c Release
    bench/trials/surroundings.py partition 4 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500
    bench/trials/surroundings.py postgres 3 -- run cuba --neurons 20000 --ms 10000 --checkpoint-every 2000
    bench/trials/surroundings.py disk 1 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500

partition: two network namespaces joined by a veth pair, two nodes in one of them and one in the other, PostgreSQL beside the two and beside the one in turn; the pair is taken down
for 10 s at a random moment after the second commit. Needs ip and PostgreSQL.
postgres: PostgreSQL is stopped at once, as by a crash, at a random moment after the second commit, and started again 3 s later.
disk: the store is on a file system of 64 MB, which is filled up after the second commit. What client and nodes end with is shown. What was committed is to be intact: with room again, nodes go on
from it to the state of one process.
"""
import contextlib
import glob
import json
import os
import shutil
import socket
import subprocess
import threading
import time

from trials import PROGRAM, Outcome, parse, parser_of, run_all

SECRET = "a secret for trials, of no use elsewhere"
BIN = max(glob.glob("/usr/lib/postgresql/*/bin"), default="")


def shell(*command, check=True):
    return subprocess.run([str(c) for c in command], check=check, capture_output=True, text=True)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Postgres:
    """A server of its own, run by the user postgres."""

    def __init__(self, work, address, inside=()):
        self.directory, self.address, self.inside = work / "pg", address, list(inside)
        self.port = free_port()
        self.directory.mkdir()
        shutil.chown(self.directory, "postgres")
        os.chmod(work, 0o755)
        self.as_user("initdb", "-D", self.directory, "-A", "trust", "-U", "actorsnn")
        with open(self.directory / "pg_hba.conf", "a") as file:
            file.write("host all all 10.77.0.0/24 trust\n")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def as_user(self, program, *words):
        line = " ".join(f"'{w}'" for w in (f"{BIN}/{program}", *words))
        shell(*self.inside, "runuser", "-u", "postgres", "--", "sh", "-c", f"cd / && {line}")

    def start(self):
        self.as_user("pg_ctl", "-D", self.directory, "-w", "-l", self.directory / "log", "-o", f"-p {self.port} -c listen_addresses={self.address} -k {self.directory}", "start")

    def stop(self):
        self.as_user("pg_ctl", "-D", self.directory, "-w", "-m", "immediate", "stop")

    @property
    def connection(self):
        return f"postgres:Host={self.address};Port={self.port};Username=actorsnn;Database=postgres;Timeout=5;Command Timeout=5"


class Node:
    akka = None  # the configuration of nodes of the akka engine

    def __init__(self, work, number, listen, join, store, inside=(), options=()):
        self.name = listen
        self.log = open(work / f"node-{number}.log", "w")
        engine = ["--engine", "akka", "--config", self.akka] if self.akka else ["--join", ",".join(join)] if join else []
        words = [*inside, PROGRAM, "node", "--listen", listen, "--store", store, "--json", *options, *engine]
        environment = dict(os.environ, ACTORSNN_SECRET=SECRET, ACTORSNN_HOST=listen.split(":")[0], ACTORSNN_PORT=str(7400 + number))
        self.process = subprocess.Popen(words, stdout=self.log, stderr=subprocess.STDOUT, env=environment)

    def end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.log.close()


class Client:
    """Submits the command and follows it; disturbs once, when the second checkpoint was committed and some time has passed."""

    def __init__(self, names, command, inside, rng, disturb):
        self.disturbed, self.result, self.lines = False, None, []
        process = subprocess.Popen([*inside, PROGRAM, *command, "--cluster", ",".join(names), "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True, env=dict(os.environ, ACTORSNN_SECRET=SECRET))
        commits, trouble = 0, None
        for line in process.stdout:
            event = json.loads(line)
            self.lines.append(event)
            if event["event"] == "result":
                self.result = event
            commits += event["event"] == "checkpoint"
            if commits == 2 and not self.disturbed:
                self.disturbed = True
                trouble = threading.Timer(rng.uniform(0, 2), disturb)
                trouble.start()
        self.error = process.stderr.read().strip()
        self.code = process.wait()
        if trouble:
            trouble.join()

    def outcome(self, what, must_recover=False, remark=""):
        return Outcome(what, self.result, self.disturbed, must_recover, self.error, remark)


def wait_until_ready(names, inside=()):
    """Until every node is ready to have cores."""
    until = time.monotonic() + 120
    while True:
        out = subprocess.run([*inside, PROGRAM, "status", "--cluster", ",".join(names), "--json"], capture_output=True, text=True, env=dict(os.environ, ACTORSNN_SECRET=SECRET))
        lines = out.stdout.splitlines()
        if lines and sum(node["ready"] for node in json.loads(lines[-1]).get("nodes", [])) == len(names):
            return
        if time.monotonic() > until:
            raise TimeoutError(f"nodes that do not get ready: {out.stderr.strip() or out.stdout}")
        time.sleep(0.2)


@contextlib.contextmanager
def running(work, names, store, first=1, insides=None, options=()):
    """Nodes that are ready, and end."""
    with contextlib.ExitStack() as stack:
        for i, name in enumerate(names):
            node = Node(work, first + i, name, names[:i], store, insides[i] if insides else (), options)
            stack.callback(node.end)
        wait_until_ready(names, insides[0] if insides else ())
        yield


def in_namespace(name):
    return ["ip", "netns", "exec", name]


class Sides:
    """Two network namespaces and the wire between them."""

    def __enter__(self):
        self.__exit__()
        for side in ("snn-a", "snn-b"):
            shell("ip", "netns", "add", side)
        shell("ip", "link", "add", "wire-a", "netns", "snn-a", "type", "veth", "peer", "name", "wire-b", "netns", "snn-b")
        for side, wire, address in (("snn-a", "wire-a", "10.77.0.1/24"), ("snn-b", "wire-b", "10.77.0.2/24")):
            for words in (("addr", "add", address, "dev", wire), ("link", "set", wire, "up"), ("link", "set", "lo", "up")):
                shell(*in_namespace(side), "ip", *words)
        return self

    def __exit__(self, *_):
        for side in ("snn-a", "snn-b"):
            shell("ip", "netns", "del", side, check=False)

    @staticmethod
    def cut(seconds):
        shell(*in_namespace("snn-a"), "ip", "link", "set", "wire-a", "down")
        time.sleep(seconds)
        shell(*in_namespace("snn-a"), "ip", "link", "set", "wire-a", "up")


def partition(trial, command, work, rng):
    # The two nodes are in a; the store is in a, then in b.
    sides = [in_namespace(side) for side in ("snn-a", "snn-a", "snn-b")]
    store_side, store_address = ((sides[0], "10.77.0.1"), (sides[2], "10.77.0.2"))[trial % 2]
    with Sides():
        names = [f"10.77.0.1:{free_port()}", f"10.77.0.1:{free_port()}", f"10.77.0.2:{free_port()}"]
        with Postgres(work, store_address, store_side) as server, running(work, names, server.connection, insides=sides):
            client = Client(names, command, store_side, rng, lambda: Sides.cut(10))
    return client.outcome(f"store beside {'two nodes' if trial % 2 == 0 else 'one node'}", must_recover=True)


def postgres(trial, command, work, rng):
    names = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    with Postgres(work, "127.0.0.1") as server, running(work, names, server.connection):
        def restart():
            server.stop()
            time.sleep(3)
            server.start()

        client = Client(names, command, [], rng, restart)
    return client.outcome("crashed")


def disk(trial, command, work, rng):
    """Room is taken away behind the second checkpoint; later given back."""
    small = work / "small"
    small.mkdir()
    names = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    store = f"dir:{small}/store"

    def fill():
        with open(small / "ballast", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    shell("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small)
    try:
        with running(work, names, store, options=["--store-timeout", "5"]):
            client = Client(names, command, [], rng, fill)
        print(f"    client: exit {client.code}, {client.error}")
        for i in range(3):
            last = [json.loads(l) for l in open(work / f"node-{i + 1}.log") if l.startswith("{")][-1]
            print(f"    node {i + 1}: {last.get('reason', last)}")
        if client.disturbed:
            (small / "ballast").unlink()
            run = next(e["run"] for e in client.lines if e["event"] == "submitted")
            data = command[command.index("--data"):][:2] if "--data" in command else []
            with running(work, names, store, first=4):
                out = subprocess.run([PROGRAM, "attach", run, *data, "--cluster", ",".join(names), "--json"], capture_output=True, text=True,
                                     env=dict(os.environ, ACTORSNN_SECRET=SECRET))
            client.result = next((json.loads(l) for l in out.stdout.splitlines() if '"result"' in l), None)
            if client.result is None:
                client.error = out.stderr.strip() or out.stdout[-300:]
    finally:
        shell("umount", "-l", small)
    return client.outcome("full", remark=client.error)


def main():
    trials = {"partition": partition, "postgres": postgres, "disk": disk}
    parser = parser_of(__doc__, list(trials))
    parser.add_argument("--akka", metavar="FILE.conf", help="nodes of the akka engine with this configuration; ${ACTORSNN_HOST} and ${ACTORSNN_PORT} in it are the node's, the ports from 7401 on")
    arguments, command = parse(parser)
    Node.akka = arguments.akka
    run_all(arguments, command, trials[arguments.kind])


if __name__ == "__main__":
    main()
