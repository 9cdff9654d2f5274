using System.Text;
using CsCheck;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>Anything that may happen to a log, in any order, beside a list that says what must come of it.</summary>
public sealed class LogModelTests
{
    private static readonly Gen<Step> Steps = Gen.Frequency(
        (6, Gen.Select(Gen.Bool, Gen.Int[1, 700], Step (isError, size) => new Step.Append(isError, size))),
        (1, Gen.Select(Gen.Int[8_000, 120_000], Step (size) => new Step.Append(false, size))),
        (1, Gen.Const<Step>(new Step.Release())),
        (2, Gen.Const<Step>(new Step.ReadOn())),
        (1, Gen.Select(Gen.Int[0, 1_000_000], Step (pick) => new Step.Resume(pick))),
        (1, Gen.Select(Gen.Bool, Gen.Int[0, 20], Step (isError, lines) => new Step.ReadLines(isError, lines))),
        (2, Gen.Select(Gen.Int[0, 900], Step (bytes) => new Step.Die(bytes))),
        (1, Gen.Select(Gen.Int[0, 20], Gen.Int[1, 900], Step (pick, bytes) => new Step.LosePower(pick, bytes))));

    // None; some for tiny segments, of one frame each at the smallest; one that is seldom reached.
    private static readonly Gen<LogQuota> Quotas = Gen.OneOf(
        Gen.Const(LogQuota.None),
        Gen.Const(new LogQuota(400)),
        Gen.Const(new LogQuota(5_000)),
        Gen.Const(new LogQuota(40_000)),
        Gen.Const(new LogQuota(400_000)));

    [Fact]
    public void A_log_is_what_was_written_to_it() =>
        Gen.Select(Steps.Array[0, 60], Quotas, Gen.Bool).Sample(
            (steps, quota, sealIt) =>
            {
                using var logs = new TemporaryDirectory();
                using var world = new World(logs["a"], quota);
                foreach (var step in steps)
                {
                    world.Do(step);
                }

                world.Finish(sealIt);
                Assert.Equal(0, logs.OpenDescriptors());
            },
            iter: 600,
            threads: 1);

    private abstract record Step
    {
        public sealed record Append(bool IsError, int Size) : Step;

        public sealed record Release : Step;

        /// <summary>The one reader that is always there reads what it can.</summary>
        public sealed record ReadOn : Step;

        /// <summary>A new reader begins at a cursor that was once given out.</summary>
        public sealed record Resume(int Pick) : Step;

        /// <summary>A new reader wants the last lines of one stream.</summary>
        public sealed record ReadLines(bool IsError, int Lines) : Step;

        /// <summary>The writer is gone and the last bytes with it.</summary>
        public sealed record Die(int Bytes) : Step;

        /// <summary>The machine is gone, and with it the last bytes of a segment that others follow.</summary>
        public sealed record LosePower(int Pick, int Bytes) : Step;
    }

    private sealed class World(string directory, LogQuota quota) : IDisposable
    {
        private readonly LogModel _model = new(directory);
        private readonly Random _random = new(1);
        private readonly LogFrameBuffer _buffer = new();
        private LogWriter _writer = LogWriter.Create(directory, quota);
        private LogReader? _reader;
        private int _readerIndex;
        private bool _owesGap;

        public void Do(Step step)
        {
            switch (step)
            {
                case Step.Append append:
                    Append(append.IsError ? LogStream.Stderr : LogStream.Stdout, append.Size);
                    break;
                case Step.Release:
                    _writer.ReleaseFile();
                    break;
                case Step.ReadOn:
                    ReadOn();
                    break;
                case Step.Resume resume:
                    var from = resume.Pick % (_model.Entries.Count + 1);
                    using (var reader = TestLogs.Open(directory, _model.CursorAt(from)))
                    {
                        // Only at the start, and where nothing was dropped, it is known what came before.
                        _model.AssertRead(TestLogs.ReadAll(reader), from, knowsBefore: from == 0);
                    }

                    break;
                case Step.ReadLines { Lines: var lines } read:
                    _model.AssertLines((ulong)lines, read.IsError ? LogStream.Stderr : LogStream.Stdout);
                    break;
                case Step.Die die:
                    Cut(_model.Segments[^1], die.Bytes);
                    break;
                case Step.LosePower lose when _model.Segments.Count > 1:
                    Cut(_model.Segments[lose.Pick % (_model.Segments.Count - 1)], lose.Bytes);
                    break;
            }
        }

        public void Finish(bool sealIt)
        {
            if (sealIt)
            {
                Assert.True(_writer.Seal(1, "end"u8).Succeeded);
                AddGapToModel();
            }

            ReadOn();
            var last = TestLogs.ReadAll(directory)[^1];
            Assert.Equal(sealIt ? "end" : "", last.Payload);
            Assert.Equal(sealIt ? LogReadOutcome.Sealed : LogReadOutcome.AtEnd, last.Outcome);
            Dispose();
        }

        public void Dispose()
        {
            _writer.Dispose();
            _reader?.Dispose();
        }

        private void Append(LogStream stream, int size)
        {
            // Few different bytes, so that there are many newlines.
            _random.NextBytes(_buffer.Payload[..size]);
            foreach (ref var b in _buffer.Payload[..size])
            {
                b &= 0b1111;
            }

            var payload = Encoding.Latin1.GetString(_buffer.Payload[..size]);
            Assert.True(_writer.Append(_buffer, stream, size, size).Succeeded);
            AddGapToModel();
            _model.Add(new Entry(LogReadOutcome.Frame)
            {
                Stream = stream,
                UnixNs = size,
                Payload = payload,
                Next = _writer.End,
            });
            _model.AssertWithin(quota, size);
        }

        // Where a gap ends is for the log to say: the model has it from a reader.
        private void AddGapToModel()
        {
            if (_owesGap)
            {
                var gap = TestLogs.ReadAll(directory, _model.End)[0];
                Assert.Equal((LogReadOutcome.Gap, 0ul), (gap.Outcome, gap.Missing));

                // It may have been dropped already, to make room for the frame behind it.
                Assert.True(gap.Reason == LogGapReason.WriterDied || quota.Bytes > 0);
                _model.Add(gap with { Reason = LogGapReason.WriterDied });
                _owesGap = false;
            }
        }

        private void ReadOn()
        {
            _reader ??= TestLogs.Open(directory);
            _model.AssertRead(TestLogs.ReadAll(_reader), _readerIndex, knowsBefore: true);
            _readerIndex = _model.Entries.Count;
        }

        private void Cut(ulong segment, int bytes)
        {
            // What a reader was given before the machine died may be gone: it is not the reader that this is about.
            _reader?.Dispose();
            _reader = null;
            _readerIndex = 0;
            _writer.Dispose();

            var cut = _model.Cut(segment, bytes);
            _writer = LogWriter.Reopen(directory, quota);
            Assert.Equal(_model.End, _writer.End);
            Assert.Equal(cut, _writer.CutBytes);

            // One that was owed before died with the writer.
            _owesGap = _writer.CutBytes > 0;
        }
    }
}
