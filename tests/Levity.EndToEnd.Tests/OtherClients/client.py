#!/usr/bin/python3
"""The whole API of Levity from Python, with Debian's python3-grpcio and python3-protobuf and no generated code.

Usage: client.py levity.binpb, which is what `buf build --output levity.binpb api` makes.

Server and user are in LEVITY_ADDRESS, LEVITY_CA, LEVITY_CERTIFICATE and LEVITY_KEY, as for `levity`. All limits are
gRPC's own.
"""

import os
import sys
import time
from pathlib import Path

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

RUNNING, FINISHED = 1, 3
STDOUT, STDERR = 1, 2

# For a call that is answered: far away, but not for ever.
SOON = 120


class Levity:
    """A method for each of the service's, which takes the request's fields and, as `timeout`, seconds."""

    def __init__(self, channel, files):
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        messages = message_factory.MessageFactory(pool)

        def class_of(name):
            return messages.GetPrototype(pool.FindMessageTypeByName(name.lstrip(".")))

        for file in files.file:
            for service in file.service:
                for method in service.method:
                    connect = channel.unary_stream if method.server_streaming else channel.unary_unary
                    request = class_of(method.input_type)
                    call = connect(
                        f"/{file.package}.{service.name}/{method.name}",
                        request_serializer=request.SerializeToString,
                        response_deserializer=class_of(method.output_type).FromString,
                    )
                    setattr(self, method.name, self._taking_fields(call, request))

    @staticmethod
    def _taking_fields(call, request):
        return lambda timeout=SOON, **fields: call(request(**fields), timeout=timeout)

    def start(self, script):
        return self.StartTask(binary="sh", args=["-c", script]).task_id

    def end(self, task):
        """A log can be sealed a moment before the end is on record."""
        while (end := self.QueryTask(task_id=task)).status_code != FINISHED:
            assert end.status_code < FINISHED, end
            time.sleep(0.05)
        return end


def refused(code, call, says=""):
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code and says in error.details(), f"{error.code()} {error.details()}"
        return error.details()
    raise AssertionError(f"this should have been {code}")


def a_task_from_start_to_removal(levity):
    task = levity.start("echo out; echo err >&2; exec sleep 300")
    assert levity.QueryTask(task_id=task).status_code == RUNNING

    # Live, until both lines are there; a cancelled stream is over.
    seen = {STDOUT: b"", STDERR: b""}
    stream = levity.StreamLogs(task_id=task, follow=True)
    for message in stream:
        seen[message.chunk.stream] += message.chunk.data
        if seen == {STDOUT: b"out\n", STDERR: b"err\n"}:
            break
    stream.cancel()
    refused(grpc.StatusCode.CANCELLED, lambda: next(stream))

    logs = levity.FetchLogs(task_id=task)
    assert (logs.stdout, logs.stderr, len(logs.gaps)) == (b"out\n", b"err\n", 0), logs

    # Nothing comes, so nothing but the deadline can end it.
    silent = levity.StreamLogs(task_id=task, cursor=message.cursor, follow=True, timeout=0.2)
    refused(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: next(silent))

    levity.SignalTask(task_id=task)
    rest = [m.WhichOneof("event") for m in levity.StreamLogs(task_id=task, cursor=message.cursor, follow=True)]
    assert rest == ["sealed"], rest
    ending = levity.end(task).ending
    assert (ending.signal, ending.stop_requested_by) == (15, "alice"), ending

    levity.RemoveTask(task_id=task)
    refused(grpc.StatusCode.NOT_FOUND, lambda: levity.QueryTask(task_id=task))


def a_log_that_is_too_long_for_one_message(levity):
    task = levity.start("head -c 5000000 /dev/zero; exit 7")
    log = list(levity.StreamLogs(task_id=task, follow=True))
    assert b"".join(message.chunk.data for message in log) == bytes(5_000_000)
    refused(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: levity.FetchLogs(task_id=task), "StreamLogs")
    assert levity.end(task).exit_code == 7


def bytes_and_keys(levity):
    task = levity.start(r"printf '\377\0\n'")
    assert levity.end(task).exit_code == 0
    assert levity.FetchLogs(task_id=task).stdout == b"\xff\0\n"

    key = os.urandom(16).hex()
    first = levity.StartTask(binary="sleep", args=["300"], request_key=key).task_id
    assert levity.StartTask(binary="sleep", args=["300"], request_key=key).task_id == first
    refused(grpc.StatusCode.FAILED_PRECONDITION, lambda: levity.RemoveTask(task_id=first), "Running")
    levity.RemoveTask(task_id=first, force=True)


def a_share(levity):
    task = levity.start("exec sleep 300")
    share = levity.ShareTask(task_id=task, user="bob", read=True, valid_for={"seconds": 3600}).share
    assert (share.user, share.read, share.signal) == ("bob", True, False), share
    assert share.expires_at.seconds - share.shared_at.seconds == 3600, share
    assert list(levity.QueryTask(task_id=task).shares) == [share]
    levity.UnshareTask(task_id=task, user="bob")
    assert not levity.QueryTask(task_id=task).shares
    refused(grpc.StatusCode.NOT_FOUND, lambda: levity.UnshareTask(task_id=task, user="bob"))
    levity.RemoveTask(task_id=task, force=True)


def a_log_of_many_small_pieces(levity):
    # While it is sent something, this library sends PINGs to measure the connection: they are no flood.
    task = levity.start("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done")
    log = b"".join(message.chunk.data for message in levity.StreamLogs(task_id=task, follow=True))
    assert log == b"".join(b"%d\n" % i for i in range(5000))


def what_is_refused(levity):
    nobodys = {"id": "00000000-0000-4000-8000-000000000000"}
    for method in (levity.QueryTask, levity.SignalTask, levity.FetchLogs, levity.RemoveTask):
        refused(grpc.StatusCode.NOT_FOUND, lambda: method(task_id=nobodys))
    refused(grpc.StatusCode.NOT_FOUND, lambda: next(levity.StreamLogs(task_id=nobodys)))
    refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: levity.QueryTask(task_id={"id": "../x"}), "task_id")
    refused(grpc.StatusCode.INVALID_ARGUMENT, lambda: levity.StartTask(binary=""), "binary")
    refused(grpc.StatusCode.FAILED_PRECONDITION, lambda: levity.StartTask(binary="/no/such"), "ENOENT")


def file_of(variable):
    return Path(os.environ[variable]).read_bytes()


def main():
    credentials = grpc.ssl_channel_credentials(
        root_certificates=file_of("LEVITY_CA"),
        private_key=file_of("LEVITY_KEY"),
        certificate_chain=file_of("LEVITY_CERTIFICATE"),
    )
    files = descriptor_pb2.FileDescriptorSet.FromString(Path(sys.argv[1]).read_bytes())
    with grpc.secure_channel(os.environ["LEVITY_ADDRESS"], credentials) as channel:
        levity = Levity(channel, files)
        for step in (
            a_task_from_start_to_removal,
            a_log_that_is_too_long_for_one_message,
            bytes_and_keys,
            a_share,
            a_log_of_many_small_pieces,
            what_is_refused,
        ):
            step(levity)
            print(step.__name__.replace("_", " "))


if __name__ == "__main__":
    main()
