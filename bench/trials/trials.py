#!/usr/bin/env python3
"""Breaks clusters of real processes at random moments and compares what comes out with an undisturbed run in one process.

    dotnet build src/ActorSnn.Cli -c Release
    bench/trials/trials.py kill 20 --nodes 3 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500
    bench/trials/trials.py freeze 5 --nodes 3 -- run cuba --neurons 20000 --ms 10000 --checkpoint-every 2000

Kinds: none; kill (kill -9 of a worker and of the coordinator in turn); freeze (SIGSTOP for twice the detection time, then SIGCONT); restart (kill -9, and the node is started again).
Each happens at a random moment after the second commit; how long it took until the next checkpoint was committed is measured in the store.
was run again than one interval between checkpoints and the run-ahead.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ACTORSNN_PROGRAM", str(ROOT / "src/ActorSnn.Cli/bin/Release/net10.0/actorsnn"))
RUN_AHEAD = 64
TICKS_PER_SAMPLE = 12


def single(command):
    print("one process:", " ".join(command), flush=True)
    out = subprocess.run([PROGRAM, *command, "--json"], check=True, capture_output=True, text=True).stdout
    return json.loads(out.splitlines()[-1])


def coordinator_of(names):
    out = subprocess.run([PROGRAM, "status", "--cluster", ",".join(names), "--json"], capture_output=True, text=True).stdout
    return json.loads(out.splitlines()[-1])["coordinator"]


class Commits(threading.Thread):
    """Watches a directory store for the first checkpoint of a newer epoch: the run has got on after what was done to it."""

    def __init__(self, store):
        super().__init__(daemon=True)
        self.store, self.struck, self.epoch, self.recovered, self.over = store, None, None, None, False

    def newest(self):
        epochs = {}
        for state in self.store.glob("*/state-*.ckpt"):
            tick, epoch = state.name.split("-")[1:3]
            epochs[tick] = max(epochs.get(tick, 0), int(epoch))
        committed = [c.name.split("-")[1].split(".")[0] for c in self.store.glob("*/checkpoint-*.json")]
        return max((epochs.get(tick, 0) for tick in committed), default=0)

    def strike(self):
        self.epoch = self.newest()
        self.struck = time.monotonic()
        self.start()

    def run(self):
        while not self.over and self.recovered is None:
            if self.newest() > self.epoch:
                self.recovered = time.monotonic() - self.struck
            time.sleep(0.01)


def trial(kind, victim, nodes, command, detection_ms, seed, work):
    rng = random.Random(seed)
    options = ["--restart"] if kind == "restart" else []
    environment = dict(os.environ, TMPDIR=str(work))
    process = subprocess.Popen([PROGRAM, "cluster", "--nodes", str(nodes), "--detection-ms", str(detection_ms), *options, "--keep", "--json", "--", *command],
                               stdout=subprocess.PIPE, text=True, env=environment)
    members, commits, due, result, watch = {}, 0, None, None, None
    try:
        for line in process.stdout:
            event = json.loads(line)
            now = time.monotonic()
            if event["event"] == "cluster":
                members = {n["name"]: n["pid"] for n in event["nodes"]}
                watch = Commits(pathlib.Path(event["directory"]) / "store")
            elif event["event"] == "checkpoint":
                commits += 1
                if commits == 2 and kind != "none":
                    due = now + rng.uniform(0, 2)
            elif event["event"] == "result":
                result = event
            if due and now >= due and not watch.struck:
                coordinator = coordinator_of(list(members))
                target = coordinator if victim == "coordinator" else rng.choice([m for m in members if m != coordinator])
                os.kill(members[target], signal.SIGSTOP if kind == "freeze" else signal.SIGKILL)
                watch.strike()
                if kind == "freeze":
                    thaw = threading.Timer(2 * detection_ms / 1000, os.kill, (members[target], signal.SIGCONT))
                    thaw.start()
    finally:
        process.wait()
        if watch:
            watch.over = True
    return result, watch is not None and watch.struck is not None, watch and watch.recovered


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("kind", choices=["none", "kill", "freeze", "restart"])
    parser.add_argument("trials", type=int)
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--detection-ms", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hash", help="the state hash of one process, when it is known already")
    if "--" not in sys.argv:
        parser.error("say after -- what to run")
    at = sys.argv.index("--")
    arguments = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1:]
    every = int(command[command.index("--checkpoint-every") + 1])
    is_training = command[0] == "train"
    interval = every * (TICKS_PER_SAMPLE if is_training else 1)
    plain = [c for i, c in enumerate(command) if c != "--checkpoint-every" and command[i - 1] != "--checkpoint-every"]
    expected = arguments.hash or single(plain + (["--out", os.path.join(tempfile.mkdtemp(), "one.snn")] if is_training else []))["stateHash"]
    print(f"state hash {expected}")
    failures = 0
    for i in range(arguments.trials):
        victim = "coordinator" if i % 2 else "worker"
        work = pathlib.Path(tempfile.mkdtemp(prefix="trial-"))
        out = ["--out", str(work / "cluster.snn")] if is_training else []
        result, struck, recovered = trial(arguments.kind, victim, arguments.nodes, command + out, arguments.detection_ms, arguments.seed * 1000 + i, work)
        problems = []
        if result is None or result.get("stateHash") != expected:
            problems.append("another state" if result else "no result")
        elif struck:
            if result["recoveries"] < 1 or result["resumedFromTick"] is None or result["resumedFromTick"] < 0:
                problems.append("not resumed from a checkpoint")
            if result["ticksRedone"] > interval + RUN_AHEAD:
                problems.append(f"redid {result['ticksRedone']} ticks, more than {interval} + {RUN_AHEAD}")
        elif arguments.kind != "none":
            problems.append("was over before anything could be broken")
        failures += bool(problems)
        facts = {k: result.get(k) for k in ("seconds", "nodes", "recoveries", "rebalances", "resumedFromTick", "ticksRedone")} if result else {}
        after = f", committed again after {recovered:.2f} s" if recovered else ""
        print(f"{i + 1:3} {arguments.kind} {victim:12} {'FAILED: ' + '; '.join(problems) if problems else 'passed'} {facts}{after}{f'; logs in {work}' if problems else ''}", flush=True)
        if not problems:
            shutil.rmtree(work)
    print(f"{arguments.trials - failures} of {arguments.trials} passed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
