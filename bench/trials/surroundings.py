#!/usr/bin/env python3
"""Breaks what surrounds a cluster of real processes, and compares what comes out with an undisturbed run in one process. Needs root.

    dotnet build src/ActorSnn.Cli -c Release
    bench/trials/surroundings.py partition 4 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500
    bench/trials/surroundings.py postgres 3 -- run cuba --neurons 20000 --ms 10000 --checkpoint-every 2000
    bench/trials/surroundings.py disk 1 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500

partition: two network namespaces joined by a veth pair, two nodes in one of them and one in the other, PostgreSQL beside the two and beside the one in turn; the pair is taken down
for 10 s at a random moment after the second commit. Needs ip and PostgreSQL.
postgres: PostgreSQL is stopped at once, as by a crash, at a random moment after the second commit, and started again 3 s later.
disk: the store is on a file system too small for a third checkpoint. Passes when the run ends with one clear line and what was committed is intact: with room again, nodes go on from
it to the state of one process.
"""
import argparse
import glob
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

from trials import PROGRAM, RUN_AHEAD, TICKS_PER_SAMPLE, single

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
    def __init__(self, work, number, listen, join, store, inside=(), options=()):
        self.name = listen
        self.log = open(work / f"node-{number}.log", "w")
        words = [*inside, PROGRAM, "node", "--listen", listen, "--store", store, "--json", *options, *(["--join", ",".join(join)] if join else [])]
        self.process = subprocess.Popen(words, stdout=self.log, stderr=subprocess.STDOUT, env=dict(os.environ, ACTORSNN_SECRET=SECRET))

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


def wait_until_ready(names, inside=()):
    """Until every node is ready to have cores."""
    while True:
        out = subprocess.run([*inside, PROGRAM, "status", "--cluster", ",".join(names), "--json"], capture_output=True, text=True, env=dict(os.environ, ACTORSNN_SECRET=SECRET))
        lines = out.stdout.splitlines()
        if lines and sum(node["ready"] for node in json.loads(lines[-1]).get("nodes", [])) == len(names):
            return
        time.sleep(0.2)


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
    with Sides():
        store_side, store_address = (("snn-a", "10.77.0.1"), ("snn-b", "10.77.0.2"))[trial % 2]
        server = Postgres(work, store_address, in_namespace(store_side))
        server.start()
        names = [f"10.77.0.1:{free_port()}", f"10.77.0.1:{free_port()}", f"10.77.0.2:{free_port()}"]
        nodes = []
        try:
            for i, name in enumerate(names):
                nodes.append(Node(work, i + 1, name, names[:i], server.connection, in_namespace("snn-a" if i < 2 else "snn-b")))
            wait_until_ready(names, in_namespace(store_side))
            client = Client(names, command, in_namespace(store_side), rng, lambda: Sides.cut(10))
        finally:
            for node in nodes:
                node.end()
            server.stop()
    return client, f"store beside {'two nodes' if trial % 2 == 0 else 'one node'}"


def postgres(trial, command, work, rng):
    server = Postgres(work, "127.0.0.1")
    server.start()
    names = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    nodes = [Node(work, i + 1, name, names[:i], server.connection) for i, name in enumerate(names)]

    wait_until_ready(names)

    def restart():
        server.stop()
        time.sleep(3)
        server.start()

    try:
        client = Client(names, command, [], rng, restart)
    finally:
        for node in nodes:
            node.end()
        server.stop()
    return client, ""


def disk(trial, command, work, rng, expected):
    """Room is taken away behind the second checkpoint; later given back."""
    small = work / "small"
    small.mkdir()
    shell("mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", small)
    names = [f"127.0.0.1:{free_port()}" for _ in range(3)]
    store = f"dir:{small}/store"

    def fill():
        with open(small / "ballast", "wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    try:
        nodes = [Node(work, i + 1, name, names[:i], store, options=["--store-timeout", "5"]) for i, name in enumerate(names)]
        wait_until_ready(names)
        client = Client(names, command, [], rng, fill)
        for node in nodes:
            node.end()
        print(f"    client: exit {client.code}, {client.error}")
        for i in range(3):
            last = [json.loads(l) for l in open(work / f"node-{i + 1}.log") if l.startswith("{")][-1]
            print(f"    node {i + 1}: {last.get('reason', last)}")
        (small / "ballast").unlink()
        run = next(e["run"] for e in client.lines if e["event"] == "submitted")
        nodes = [Node(work, i + 4, name, names[:i], store) for i, name in enumerate(names)]
        wait_until_ready(names)
        data = command[command.index("--data"):][:2] if "--data" in command else []
        out = subprocess.run([PROGRAM, "attach", run, *data, "--cluster", ",".join(names), "--json"], capture_output=True, text=True, env=dict(os.environ, ACTORSNN_SECRET=SECRET))
        client.result = next((json.loads(l) for l in out.stdout.splitlines() if '"result"' in l), None)
        client.error = client.result is None and (out.stderr.strip() or out.stdout[-300:]) or client.error
        for node in nodes:
            node.end()
    finally:
        shell("umount", "-l", small)
    return client, client.error


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["partition", "postgres", "disk"])
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the logs of trials that passed, too")
    parser.add_argument("--hash", help="the state hash of one process, when it is known already")
    if "--" not in sys.argv:
        parser.error("say after -- what to run")
    at = sys.argv.index("--")
    arguments = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1:]
    every = command.index("--checkpoint-every")
    is_training = command[0] == "train"
    interval = int(command[every + 1]) * (TICKS_PER_SAMPLE if is_training else 1)
    plain = command[:every] + command[every + 2:]
    expected = arguments.hash or single(plain + (["--out", os.path.join(tempfile.mkdtemp(), "one.snn")] if is_training else []))["stateHash"]
    print(f"state hash {expected}")
    failures = 0
    for i in range(arguments.trials):
        work = pathlib.Path(tempfile.mkdtemp(prefix="trial-"))
        os.chmod(work, 0o755)
        rng = random.Random(arguments.seed * 1000 + i)
        words = command + (["--out", str(work / "cluster.snn")] if is_training else [])
        run = {"partition": partition, "postgres": postgres, "disk": lambda *a: disk(*a, expected)}[arguments.kind]
        client, remark = run(i, words, work, rng)
        problems = []
        if client.result is None or client.result.get("stateHash") != expected:
            problems.append("another state" if client.result else f"no result: {client.error}")
        elif client.result["ticksRedone"] > interval + RUN_AHEAD:
            problems.append(f"redid {client.result['ticksRedone']} ticks, more than {interval} + {RUN_AHEAD}")
        elif arguments.kind == "partition" and client.result["recoveries"] < 1:
            problems.append("the cut was not felt")
        if not client.disturbed:
            problems.append("was over before anything could be broken")
        failures += bool(problems)
        facts = {k: client.result.get(k) for k in ("seconds", "nodes", "recoveries", "rebalances", "resumedFromTick", "ticksRedone")} if client.result else {}
        remains = f"; logs in {work}" if problems or arguments.keep else ""
        print(f"{i + 1:3} {arguments.kind} {remark} {'FAILED: ' + '; '.join(problems) if problems else 'passed'} {facts}{remains}", flush=True)
        if not problems and not arguments.keep:
            shutil.rmtree(work)
    print(f"{arguments.trials - failures} of {arguments.trials} passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
