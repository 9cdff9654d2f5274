#!/usr/bin/env python3
"""Runs a command on a Levity server as if it were here: run.py COMMAND [ARG...]. See README.md."""

import os
import signal
import sys
import time
import uuid
from pathlib import Path

import grpc

# Generated from api/levity.proto.
import levity_pb2 as pb
import levity_pb2_grpc

# For a call that has one answer, and for how long to try to reach a server that has gone away, in seconds.
TIMEOUT = 10
PATIENCE = 30


def connect():
    """One channel is one user on one server. It connects by itself, and again when it has to."""
    credentials = grpc.ssl_channel_credentials(
        root_certificates=Path(os.environ["LEVITY_CA"]).read_bytes(),
        private_key=Path(os.environ["LEVITY_KEY"]).read_bytes(),
        certificate_chain=Path(os.environ["LEVITY_CERTIFICATE"]).read_bytes(),
    )
    options = [
        # A server that has gone without a word is noticed by pings, also while a task says nothing for days.
        ("grpc.keepalive_time_ms", 20_000),
        ("grpc.keepalive_timeout_ms", 10_000),
        ("grpc.initial_reconnect_backoff_ms", 200),
        ("grpc.max_reconnect_backoff_ms", 2_000),
    ]
    return grpc.secure_channel(os.environ["LEVITY_ADDRESS"], credentials, options)


def lasting(call):
    """Makes a call that does no harm when it is made twice: again while the server is away."""
    began = time.monotonic()
    while True:
        try:
            return call()
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.UNAVAILABLE or time.monotonic() - began > PATIENCE:
                raise
        time.sleep(0.2)


def start(levity, command):
    """Starts a task, once: the request has a key, and one key is one task, however often the call is made."""
    request = pb.StartTaskRequest(binary=command[0], args=command[1:], request_key=str(uuid.uuid4()))
    return lasting(lambda: levity.StartTask(request, timeout=TIMEOUT)).task_id


def follow(levity, task):
    """Gives each message of the task's log once, to its end.

    A stream that breaks off is asked for again, behind the last message: each has a cursor, which is good on another
    connection and after a restart of the server, too.
    """
    cursor, lost = 0, None
    while True:
        try:
            for message in levity.StreamLogs(pb.StreamLogsRequest(task_id=task, cursor=cursor, follow=True)):
                yield message
                cursor, lost = message.cursor, None
                if message.HasField("sealed"):
                    return
        except grpc.RpcError as error:
            # RESOURCE_EXHAUSTED: we have not read for so long that the server has reset the stream.
            if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED):
                raise
            if lost is None:
                say("connection lost, resuming")
                lost = time.monotonic()
            elif time.monotonic() - lost > PATIENCE:
                raise
        time.sleep(0.2)


def wait(levity, task):
    """Waits until it is on record how the task ended: the last report of it, which is the only one if that was long ago."""
    return lasting(lambda: [*levity.WatchTask(pb.WatchTaskRequest(task_id=task))][-1].report)


def run(levity, command):
    task = start(levity, command)

    # SIGTERM to all of its processes, and SIGKILL after a grace. That does not wait; we still do.
    signal.signal(signal.SIGINT, lambda *_: levity.SignalTask(pb.SignalTaskRequest(task_id=task), timeout=TIMEOUT))

    for message in follow(levity, task):
        if message.HasField("chunk"):
            output = sys.stderr if message.chunk.stream == pb.LOG_STREAM_STDERR else sys.stdout
            output.buffer.write(message.chunk.data)
            output.buffer.flush()
        elif message.HasField("gap"):
            say(f"{message.gap.missing_bytes} bytes are missing: {message.gap.reason}")

    end = wait(levity, task)
    if end.HasField("exit_code"):
        return end.exit_code
    say(f"{pb.TaskStatusCode.Name(end.status_code)}: {end.ending}".replace("\n", " "))
    return 128 + end.ending.signal if end.ending.HasField("signal") else 125


def say(line):
    print(f"run: {line}", file=sys.stderr, flush=True)


def main():
    if len(sys.argv) < 2:
        say("usage: run.py COMMAND [ARG...]")
        return 125
    try:
        with connect() as channel:
            return run(levity_pb2_grpc.TaskManagerStub(channel), sys.argv[1:])
    except grpc.RpcError as error:
        # The code is for programs, the details for people: what was wrong, and what to do.
        say(f"{error.code().name}: {error.details()}")
        missing = error.code() == grpc.StatusCode.FAILED_PRECONDITION and "ENOENT" in error.details()
        return 127 if missing else 125
    except KeyError as error:
        say(f"{error.args[0]} is not set")
        return 125
    except OSError as error:
        say(f"{error}")
        return 125


if __name__ == "__main__":
    sys.exit(main())
