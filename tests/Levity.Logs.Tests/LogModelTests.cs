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
        (2, Gen.Select(Gen.Int[0, 900], Step (bytes) => new Step.Die(bytes))));

    [Fact]
    public void A_log_is_what_was_written_to_it() =>
        Gen.Select(Steps.Array[0, 40], Gen.Bool).Sample(
            (steps, sealIt) =>
            {
                using var logs = new TemporaryDirectory();
                using var world = new World(logs["a"]);
                foreach (var step in steps)
                {
                    world.Do(step);
                }

                world.Finish(sealIt);
                Assert.Equal(0, logs.OpenDescriptors());
            },
            iter: 400,
            threads: 1);

    private abstract record Step
    {
        public sealed record Append(bool IsError, int Size) : Step;

        public sealed record Release : Step;

        /// <summary>The one reader that is always there reads what it can.</summary>
        public sealed record ReadOn : Step;

        /// <summary>A new reader begins at a cursor that was once given out.</summary>
        public sealed record Resume(int Pick) : Step;

        /// <summary>The writer is gone and the last bytes with it.</summary>
        public sealed record Die(int Bytes) : Step;
    }

    private sealed class World(string directory) : IDisposable
    {
        private const int HeaderLength = 32;

        private readonly List<Entry> _model = [];
        private readonly Random _random = new(1);
        private readonly LogFrameBuffer _buffer = new();
        private LogWriter _writer = LogWriter.Create(directory);
        private LogReader? _reader;
        private int _readerIndex;
        private bool _owesGap;

        private LogCursor End => _model.Count == 0 ? LogCursor.Start : _model[^1].Next;

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
                    var from = resume.Pick % (_model.Count + 1);
                    var cursor = from == 0 ? LogCursor.Start : _model[from - 1].Next;
                    Assert.Equal(_model.Skip(from), TestLogs.ReadAll(directory, cursor).SkipLast(1));
                    break;
                case Step.Die die:
                    Die(die.Bytes);
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
            Assert.Equal(_owesGap ? _writer.End : End, _writer.End);
            Dispose();
        }

        public void Dispose()
        {
            _writer.Dispose();
            _reader?.Dispose();
        }

        private void Append(LogStream stream, int size)
        {
            _random.NextBytes(_buffer.Payload[..size]);
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
        }

        // Where a gap ends is for the log to say: the model has it from a reader.
        private void AddGapToModel()
        {
            if (_owesGap)
            {
                var gap = TestLogs.ReadAll(directory, End)[0];
                Assert.Equal((LogReadOutcome.Gap, 0ul), (gap.Outcome, gap.Missing));
                Assert.Equal(LogGapReason.WriterDied, gap.Reason);
                _model.Add(gap);
                _owesGap = false;
            }
        }

        private void ReadOn()
        {
            _reader ??= TestLogs.Open(directory);
            var entries = TestLogs.ReadAll(_reader);
            Assert.Equal(_model.Skip(_readerIndex), entries.SkipLast(1));
            _readerIndex = _model.Count;
        }

        private void Die(int bytes)
        {
            // What a reader was given before the machine died may be gone: it is not the reader that this is about.
            _reader?.Dispose();
            _reader = null;
            _readerIndex = 0;
            _writer.Dispose();

            var segment = Path.Combine(directory, TestLogs.FirstSegment);
            var length = Math.Max(HeaderLength, new FileInfo(segment).Length - bytes);
            using (var file = File.OpenWrite(segment))
            {
                file.SetLength(length);
            }

            _model.RemoveAll(entry => (long)entry.Next.Position + HeaderLength > length);
            _writer = LogWriter.Reopen(directory);
            Assert.Equal(End, _writer.End);
            Assert.Equal(length - HeaderLength - (long)End.Position, _writer.CutBytes);
            _owesGap = _writer.CutBytes > 0;
        }
    }
}
