#!/usr/bin/env python3
"""Breaks clusters of real processes at random moments and compares what comes out with an undisturbed run in one process.

    dotnet build src/ActorSnn.Cli -c Release
    bench/trials/trials.py kill 20 --nodes 3 -- train sbp --dataset mnist --data DIR --epochs 1 --checkpoint-every 500
    bench/trials/trials.py freeze 5 --nodes 3 -- run cuba --neurons 20000 --ms 10000 --checkpoint-every 2000

Kinds: none; kill (kill -9 of a worker and of the coordinator in turn); freeze (SIGSTOP for twice the detection time, then SIGCONT); restart (kill -9, and the node is started again).
Each happens at a random moment after the second commit; how long it took until the next checkpoint was committed is measured in the store. A trial passes when the state hash is that of
one process, the run was resumed from a checkpoint, and no more ticks were run again than one interval between checkpoints and the run-ahead.
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
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ACTORSNN_PROGRAM", str(ROOT / "src/ActorSnn.Cli/bin/Release/net10.0/actorsnn"))
RUN_AHEAD = 64


def ticks_per_sample(command):
    """Of a training: twelve phases of sBP, one tick more than steps of BSTDG, or two ticks a step of SSNN-BP that learns in place."""
    if command[1] == "sbp":
        return 12
    if command[1] == "bstdg":
        return 1 + int(command[command.index("--steps") + 1] if "--steps" in command else 8)
    return 2 * int(command[command.index("--train-length") + 1] if "--train-length" in command else 32)


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


def trial(arguments, number, command, work, rng):
    kind, detection_ms = arguments.kind, arguments.detection_ms
    victim = "coordinator" if number % 2 else "worker"
    options = ["--restart"] if kind == "restart" else []
    environment = dict(os.environ, TMPDIR=str(work))
    process = subprocess.Popen([PROGRAM, "cluster", "--nodes", str(arguments.nodes), "--engine", arguments.engine, "--detection-ms", str(detection_ms), *options, "--keep", "--json", "--", *command],
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
    remark = f"committed again after {watch.recovered:.2f} s" if watch and watch.recovered else ""
    return Outcome(victim, result, kind == "none" or bool(watch and watch.struck), kind != "none", remark=remark)


class Outcome(typing.NamedTuple):
    """What came of a trial."""
    what: str
    result: dict | None
    struck: bool
    must_recover: bool
    error: str = ""
    remark: str = ""

    def problems(self, expected, interval):
        if self.result is None:
            yield f"no result: {self.error}" if self.error else "no result"
        elif self.result.get("stateHash") != expected:
            yield "another state"
        else:
            resumed = self.result["resumedFromTick"]
            if self.must_recover and self.struck and (resumed is None or resumed < 0):
                yield "not resumed from a checkpoint"
            if self.result["ticksRedone"] > interval + RUN_AHEAD:
                yield f"redid {self.result['ticksRedone']} ticks, more than {interval} + {RUN_AHEAD}"
        if not self.struck:
            yield "was over before anything could be broken"


def parser_of(doc, kinds):
    """What all trials are told, beside the command behind --."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0], usage="%(prog)s KIND TRIALS [options] -- train|run ... --checkpoint-every N ...")
    parser.add_argument("kind", choices=kinds)
    parser.add_argument("trials", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the logs of trials that passed, too")
    parser.add_argument("--hash", help="the state hash of one process, when it is known already")
    return parser


def parse(parser):
    """The arguments, and the command behind --."""
    at = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:at])
    command = sys.argv[at + 1:]
    if "--checkpoint-every" not in command:
        parser.error("say after -- what to run, with --checkpoint-every N")
    return arguments, command


def run_all(arguments, command, trial):
    """Runs the trials and says what came of them; exits with 1 when one has failed. The trial gets its number, the command, a directory of its own and a random generator."""
    every = command.index("--checkpoint-every")
    is_training = command[0] == "train"
    interval = int(command[every + 1]) * (ticks_per_sample(command) if is_training else 1)

    def writing_to(directory):
        return ["--out", str(pathlib.Path(directory) / "model.actorsnn")] if is_training else []

    with tempfile.TemporaryDirectory() as directory:
        expected = arguments.hash or single(command[:every] + command[every + 2:] + writing_to(directory))["stateHash"]
    print(f"state hash {expected}", flush=True)
    failures = 0
    for i in range(arguments.trials):
        work = pathlib.Path(tempfile.mkdtemp(prefix="trial-"))
        outcome = trial(i, command + writing_to(work), work, random.Random(arguments.seed * 1000 + i))
        problems = list(outcome.problems(expected, interval))
        failures += bool(problems)
        result = outcome.result or {}
        facts = {k: result[k] for k in ("seconds", "nodes", "recoveries", "rebalances", "resumedFromTick", "ticksRedone") if k in result}
        keeps = problems or arguments.keep
        print(f"{i + 1:3} {arguments.kind} {outcome.what:12} {'FAILED: ' + '; '.join(problems) if problems else 'passed'} {facts}"
              f"{'; ' + outcome.remark if outcome.remark else ''}{f'; logs in {work}' if keeps else ''}", flush=True)
        if not keeps:
            shutil.rmtree(work)
    print(f"{arguments.trials - failures} of {arguments.trials} passed")
    sys.exit(1 if failures else 0)


def main():
    parser = parser_of(__doc__, ["none", "kill", "freeze", "restart"])
    parser.add_argument("--nodes", type=int, default=3)
    parser.add_argument("--engine", default="tcp")
    parser.add_argument("--detection-ms", type=int, default=2000)
    arguments, command = parse(parser)
    run_all(arguments, command, lambda *given: trial(arguments, *given))


if __name__ == "__main__":
    main()
