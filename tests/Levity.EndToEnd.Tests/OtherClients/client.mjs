// The whole API of Levity from Node, with @grpc/grpc-js and @grpc/proto-loader and no generated code.
//
// Usage: node client.mjs api/levity.proto
//
// Server and user are in LEVITY_ADDRESS, LEVITY_CA, LEVITY_CERTIFICATE and LEVITY_KEY, as for `levity`. All limits are
// gRPC's own.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const { env } = process;
const { status } = grpc;

const definition = loadSync(process.argv[2], { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true });
const { TaskManager } = grpc.loadPackageDefinition(definition).levity;
const fileOf = variable => readFileSync(env[variable]);
const client = new TaskManager(
    env.LEVITY_ADDRESS,
    grpc.credentials.createSsl(fileOf('LEVITY_CA'), fileOf('LEVITY_KEY'), fileOf('LEVITY_CERTIFICATE')));

// For a call that is answered: far away, but not for ever.
const soon = 120_000;
const within = milliseconds => ({ deadline: Date.now() + milliseconds });

// A function for each method that has one answer.
const levity = Object.fromEntries(Object.entries(TaskManager.service)
    .filter(([, method]) => !method.responseStream)
    .map(([name]) => [name, request => new Promise((answer, fail) =>
        client[name](request, within(soon), (error, response) => error ? fail(error) : answer(response)))]));

const streamLogs = (request, milliseconds = soon) => client.StreamLogs(request, within(milliseconds));

const start = async script => (await levity.StartTask({ binary: 'sh', args: ['-c', script] })).task_id;

// A log can be sealed a moment before the end is on record.
async function end(task) {
    for (;;) {
        const answer = await levity.QueryTask({ task_id: task });
        if (answer.status_code === 'TASK_STATUS_CODE_FINISHED') {
            return answer;
        }

        assert.match(answer.status_code, /_(NOT_STARTED|RUNNING|SIGNALLED)$/);
        await pause(50);
    }
}

async function all(stream) {
    const messages = [];
    for await (const message of stream) {
        messages.push(message);
    }

    return messages;
}

const refused = (code, call, says = '') =>
    assert.rejects(call, error => error.code === code && error.details.includes(says) || assert.fail(error));

async function aTaskFromStartToRemoval() {
    const task = await start('echo out; echo err >&2; exec sleep 300');
    assert.equal((await levity.QueryTask({ task_id: task })).status_code, 'TASK_STATUS_CODE_RUNNING');

    // Live, until both lines are there; a cancelled stream is over.
    const seen = { LOG_STREAM_STDOUT: '', LOG_STREAM_STDERR: '' };
    let cursor;
    const stream = streamLogs({ task_id: task, follow: true });
    await refused(status.CANCELLED, async () => {
        for await (const message of stream) {
            seen[message.chunk.stream] += message.chunk.data;
            if (seen.LOG_STREAM_STDOUT === 'out\n' && seen.LOG_STREAM_STDERR === 'err\n') {
                cursor = message.cursor;
                stream.cancel();
            }
        }
    });

    const logs = await levity.FetchLogs({ task_id: task });
    assert.deepEqual([`${logs.stdout}`, `${logs.stderr}`, logs.gaps], ['out\n', 'err\n', []]);

    // Nothing comes, so nothing but the deadline can end it.
    await refused(status.DEADLINE_EXCEEDED, () => all(streamLogs({ task_id: task, cursor, follow: true }, 200)));

    await levity.SignalTask({ task_id: task });
    const rest = await all(streamLogs({ task_id: task, cursor, follow: true }));
    assert.deepEqual(rest.map(message => message.event), ['sealed']);
    const { ending } = await end(task);
    assert.deepEqual([ending.signal, ending.stop_requested_by], [15, 'alice']);

    await levity.RemoveTask({ task_id: task });
    await refused(status.NOT_FOUND, () => levity.QueryTask({ task_id: task }));
}

async function aLogThatIsTooLongForOneMessage() {
    const task = await start('head -c 5000000 /dev/zero; exit 7');
    const log = await all(streamLogs({ task_id: task, follow: true }));
    const bytes = Buffer.concat(log.filter(message => message.chunk).map(message => message.chunk.data));
    assert.ok(bytes.equals(Buffer.alloc(5_000_000)));
    await refused(status.RESOURCE_EXHAUSTED, () => levity.FetchLogs({ task_id: task }), 'StreamLogs');
    assert.equal((await end(task)).exit_code, 7);
}

async function bytesAndKeys() {
    const task = await start("printf '\\377\\0\\n'");
    assert.equal((await end(task)).exit_code, 0);
    assert.deepEqual([...(await levity.FetchLogs({ task_id: task })).stdout], [0xff, 0, 0x0a]);

    const request = { binary: 'sleep', args: ['300'], request_key: randomUUID() };
    const first = (await levity.StartTask(request)).task_id;
    assert.deepEqual((await levity.StartTask(request)).task_id, first);
    await refused(status.FAILED_PRECONDITION, () => levity.RemoveTask({ task_id: first }), 'Running');
    await levity.RemoveTask({ task_id: first, force: true });
}

async function aShare() {
    const task = await start('exec sleep 300');
    const { share } = await levity.ShareTask({ task_id: task, user: 'bob', read: true, valid_for: { seconds: 3600 } });
    assert.deepEqual([share.user, share.read, share.signal], ['bob', true, false]);
    assert.equal(share.expires_at.seconds - share.shared_at.seconds, 3600);
    assert.deepEqual((await levity.QueryTask({ task_id: task })).shares, [share]);
    await levity.UnshareTask({ task_id: task, user: 'bob' });
    assert.deepEqual((await levity.QueryTask({ task_id: task })).shares, []);
    await refused(status.NOT_FOUND, () => levity.UnshareTask({ task_id: task, user: 'bob' }));
    await levity.RemoveTask({ task_id: task, force: true });
}

async function aLogOfManySmallPieces() {
    const task = await start('i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done');
    const log = await all(streamLogs({ task_id: task, follow: true }));
    const text = Buffer.concat(log.filter(message => message.chunk).map(message => message.chunk.data)).toString();
    assert.equal(text, Array.from({ length: 5000 }, (_, i) => `${i}\n`).join(''));
}

async function whatIsRefused() {
    const nobodys = { id: '00000000-0000-4000-8000-000000000000' };
    for (const method of ['QueryTask', 'SignalTask', 'FetchLogs', 'RemoveTask']) {
        await refused(status.NOT_FOUND, () => levity[method]({ task_id: nobodys }));
    }

    await refused(status.NOT_FOUND, () => all(streamLogs({ task_id: nobodys })));
    await refused(status.INVALID_ARGUMENT, () => levity.QueryTask({ task_id: { id: '../x' } }), 'task_id');
    await refused(status.INVALID_ARGUMENT, () => levity.StartTask({ binary: '' }), 'binary');
    await refused(status.FAILED_PRECONDITION, () => levity.StartTask({ binary: '/no/such' }), 'ENOENT');
}

const steps = [
    aTaskFromStartToRemoval, aLogThatIsTooLongForOneMessage, bytesAndKeys, aShare, aLogOfManySmallPieces, whatIsRefused,
];
for (const step of steps) {
    await step();
    console.log(step.name.replace(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`));
}

client.close();
