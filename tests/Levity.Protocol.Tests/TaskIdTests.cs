using CsCheck;

namespace Levity.Protocol.Tests;

public sealed class TaskIdTests
{
    private const string Example = "d85b1407-351d-4694-9392-03acc5870eb1";

    // An id with a few characters changed, to some that the platform's own parser would take.
    private static readonly Gen<string> NearlyAnId =
        Gen.Select(Gen.Int[0, 35], Gen.Char["0aA-+xX{( \0‐"]).Array[1, 3].Select(changes =>
        {
            var characters = Example.ToCharArray();
            foreach (var (place, character) in changes)
            {
                characters[place] = character;
            }

            return new string(characters);
        });

    [Fact]
    public void A_new_id_reads_back_as_itself()
    {
        var id = TaskId.New();

        Assert.True(TaskId.TryParse(id.ToString(), out var read));
        Assert.Equal(id, read);
        Assert.Equal(id, TaskId.FromBytes(id.ToByteArray()));
    }

    [Fact]
    public void New_ids_are_random_UUIDs_and_differ()
    {
        var ids = Enumerable.Range(0, 10_000).Select(_ => TaskId.New().ToString()).ToList();

        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches(@"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\z", id));
        Assert.All(ids, id => Assert.Equal(('4', true), (id[14], "89ab".Contains(id[19]))));
    }

    [Fact]
    public void The_bytes_are_in_the_order_of_the_text()
    {
        Assert.True(TaskId.TryParse(Example, out var id));

        Assert.Equal(Example.Replace("-", ""), Convert.ToHexStringLower(id.ToByteArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("D85B1407-351D-4694-9392-03ACC5870EB1")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eB1")]
    [InlineData("{d85b1407-351d-4694-9392-03acc5870eb1}")]
    [InlineData("(d85b1407-351d-4694-9392-03acc5870eb1)")]
    [InlineData("d85b1407351d4694939203acc5870eb1")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb10")]
    [InlineData(" d85b1407-351d-4694-9392-03acc5870eb1")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb1\n")]
    [InlineData(" 85b1407-351d-4694-9392-03acc5870eb1")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb\n")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb\0")]
    [InlineData("d85b1407‐351d‐4694‐9392‐03acc5870eb1")]
    [InlineData("d85b1407–351d–4694–9392–03acc5870eb1")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870e１1")]
    [InlineData("../x")]
    [InlineData("../../../../../../../../etc/passwd.d")]
    [InlineData("%2e%2e/407-351d-4694-9392-03acc5870e")]
    public void Nothing_else_is_an_id(string text) => Assert.False(TaskId.TryParse(text, out _));

    [Theory]
    [InlineData("0x5b1407-351d-4694-9392-03acc5870eb1")]
    [InlineData("+85b1407-351d-4694-9392-03acc5870eb1")]
    [InlineData("d85b1407-0x1d-+694-9392-03acc5870eb1")]
    public void The_number_prefixes_that_the_platform_takes_are_refused(string text) =>
        Assert.False(TaskId.TryParse(text, out _));

    [Fact]
    public void No_text_and_far_too_much_text_are_refused()
    {
        Assert.False(TaskId.TryParse(null, out _));
        Assert.False(TaskId.TryParse(new string('a', 10_000), out _));
    }

    [Fact]
    public void Whatever_is_taken_is_the_one_text_form_of_its_id() =>
        NearlyAnId.Sample(text => !TaskId.TryParse(text, out var id) || id.ToString() == text, iter: 20_000);
}
