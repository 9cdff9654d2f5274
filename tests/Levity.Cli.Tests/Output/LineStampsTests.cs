using System.Text;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Output;

namespace Levity.Cli.Tests.Output;

public sealed class LineStampsTests
{
    private readonly LineStamps _stamps = new();

    [Fact]
    public void Each_line_gets_the_time_at_which_it_came() => Assert.Equal(
        "1970-01-01T00:00:01.000000002Z a\n1970-01-01T00:00:01.000000002Z \n1970-01-01T00:00:01.000000002Z b\n",
        Stamp("a\n\nb\n", seconds: 1));

    [Fact]
    public void A_line_that_comes_in_pieces_gets_one_stamp_that_of_the_first()
    {
        Assert.Equal("1970-01-01T00:00:01.000000002Z first ", Stamp("first ", seconds: 1));
        Assert.Equal("second ", Stamp("second ", seconds: 2));
        Assert.Equal("", Stamp("", seconds: 3));
        Assert.Equal("end\n1970-01-01T00:00:04.000000002Z next", Stamp("end\nnext", seconds: 4));
        Assert.Equal("\n", Stamp("\n", seconds: 5));
        Assert.Equal("1970-01-01T00:00:06.000000002Z last", Stamp("last", seconds: 6));
    }

    private string Stamp(string text, long seconds) => Encoding.Latin1.GetString(
        _stamps.Stamp(Encoding.Latin1.GetBytes(text), new Timestamp { Seconds = seconds, Nanos = 2 }));
}
