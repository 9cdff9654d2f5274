// Runs a command on a Levity server as if it were here: node run.js COMMAND [ARG...]. See README.md.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

// Generated from api/levity.proto: types only, for the messages are made when it is loaded.
import type { ProtoGrpcType } from './generated/levity';
import type { QueryTaskResponse__Output } from './generated/levity/QueryTaskResponse';
import type { StreamLogsResponse__Output } from './generated/levity/StreamLogsResponse';
import type { TaskHandle__Output } from './generated/levity/TaskHandle';
import type { TaskManagerClient } from './generated/levity/TaskManager';
import type { WatchTaskResponse__Output } from './generated/levity/WatchTaskResponse';

// For a call that has one answer, and for how long to try to reach a server that has gone away, in milliseconds.
const timeout = 10_000;
const patience = 30_000;

const options = { longs: String, enums: String, defaults: true, oneofs: true };

class Failure extends Error {}

const say = (line: string) => process.stderr.write(`run: ${line}\n`);

function variable(name: string): string {
    const value = process.env[name];
    if (!value) {
        throw new Failure(`${name} is not set`);
    }

    return value;
}

const isError = (error: unknown): error is grpc.ServiceError => error instanceof Error && 'code' in error && 'details' in error;

// One client is one user on one server. It connects by itself, and again when it has to.
function connect(proto: string): TaskManagerClient {
    const { levity } = grpc.loadPackageDefinition(loadSync(proto, options)) as unknown as ProtoGrpcType;
    const file = (name: string) => readFileSync(variable(name));
    return new levity.TaskManager(
        variable('LEVITY_ADDRESS'),
        grpc.credentials.createSsl(file('LEVITY_CA'), file('LEVITY_KEY'), file('LEVITY_CERTIFICATE')),
        {
            // A server that has gone without a word is noticed by pings, also while a task says nothing for days.
            'grpc.keepalive_time_ms': 20_000,
            'grpc.keepalive_timeout_ms': 10_000,
            'grpc.initial_reconnect_backoff_ms': 200,
            'grpc.max_reconnect_backoff_ms': 2_000,
        });
}

// Makes a call that does no harm when it is made twice: again while the server is away.
async function lasting<T>(call: () => Promise<T>) {
    for (const began = Date.now(); ;) {
        try {
            return await call();
        } catch (error) {
            if (!isError(error) || error.code !== grpc.status.UNAVAILABLE || Date.now() - began > patience) {
                throw error;
            }
        }

        await pause(200);
    }
}

// Starts a task, once: the request has a key, and one key is one task, however often the call is made.
async function start(levity: TaskManagerClient, [binary, ...args]: string[]) {
    const request = { binary, args, requestKey: randomUUID() };
    return await lasting(() => new Promise<TaskHandle__Output>((resolve, reject) =>
        levity.StartTask(request, { deadline: Date.now() + timeout }, (error, response) =>
            error ? reject(error) : resolve(response!.taskId!))));
}

// Gives each message of the task's log once, to its end. A stream that breaks off is asked for again, behind the last
// message: each has a cursor, which is good on another connection and after a restart of the server, too.
async function* follow(levity: TaskManagerClient, taskId: TaskHandle__Output) {
    let cursor = '0';
    let lost: number | undefined;
    for (;;) {
        try {
            const stream: AsyncIterable<StreamLogsResponse__Output> = levity.StreamLogs({ taskId, cursor, follow: true });
            for await (const message of stream) {
                yield message;
                cursor = message.cursor;
                lost = undefined;
                if (message.event === 'sealed') {
                    return;
                }
            }
        } catch (error) {
            // RESOURCE_EXHAUSTED: we have not read for so long that the server has reset the stream.
            if (!isError(error) || ![grpc.status.UNAVAILABLE, grpc.status.RESOURCE_EXHAUSTED].includes(error.code)) {
                throw error;
            }

            if (lost === undefined) {
                say('connection lost, resuming');
                lost = Date.now();
            } else if (Date.now() - lost > patience) {
                throw error;
            }
        }

        await pause(200);
    }
}

// Waits until it is on record how the task ended: the last report of it, which is the only one if that was long ago.
async function wait(levity: TaskManagerClient, taskId: TaskHandle__Output) {
    return await lasting(async () => {
        let last: QueryTaskResponse__Output | null = null;
        const stream: AsyncIterable<WatchTaskResponse__Output> = levity.WatchTask({ taskId });
        for await (const { report } of stream) {
            last = report;
        }

        return last!;
    });
}

// What is written is waited for, or a long log would pile up here.
const write = (output: NodeJS.WriteStream, bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => output.write(bytes, error => error ? reject(error) : resolve()));

async function run(levity: TaskManagerClient, command: string[]) {
    const task = await start(levity, command);

    // SIGTERM to all of its processes, and SIGKILL after a grace. That does not wait; we still do.
    process.on('SIGINT', () => levity.SignalTask({ taskId: task }, error => error && say(error.details)));

    for await (const { chunk, gap } of follow(levity, task)) {
        if (chunk) {
            await write(chunk.stream === 'LOG_STREAM_STDERR' ? process.stderr : process.stdout, chunk.data);
        } else if (gap) {
            say(`${gap.missingBytes} bytes are missing: ${gap.reason}`);
        }
    }

    const { statusCode, exitCode, ending } = await wait(levity, task);
    if (exitCode !== undefined) {
        return exitCode;
    }

    say(`${statusCode}: ${JSON.stringify(ending)}`);
    return ending?.signal !== undefined ? 128 + ending.signal : 125;
}

async function main([proto, ...command]: string[]) {
    if (!proto || command.length === 0) {
        say('usage: run.js api/levity.proto COMMAND [ARG...]');
        return 125;
    }

    try {
        const levity = connect(proto);
        try {
            return await run(levity, command);
        } finally {
            levity.close();
        }
    } catch (error) {
        if (isError(error)) {
            // The code is for programs, the details for people: what was wrong, and what to do.
            say(`${grpc.status[error.code]}: ${error.details}`);
            return error.code === grpc.status.FAILED_PRECONDITION && error.details.includes('ENOENT') ? 127 : 125;
        }

        say((error as Error).message);
        return 125;
    }
}

process.exitCode = await main(process.argv.slice(2));
