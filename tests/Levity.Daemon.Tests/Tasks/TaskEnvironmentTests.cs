using System.Text;
using Levity.Daemon.Tasks;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskEnvironmentTests
{
    private static readonly TaskId Id = TaskId.New();

    [Fact]
    public void A_task_gets_these_variables_and_no_other() =>
        Assert.Equal(
            [
                "HOME=/home/build",
                "LANG=C.UTF-8",
                $"LEVITY_TASK_ID={Id}",
                "LOGNAME=build",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                "USER=build",
            ],
            Variables(Prepare(new StartTaskRequest { Binary = "true" })));

    [Fact]
    public void The_request_adds_variables_and_overrides_the_defaults()
    {
        var request = new StartTaskRequest
        {
            Binary = "true",
            Environment = { ["PATH"] = "/opt/bin", ["COLOUR"] = "blue", ["EMPTY"] = "" },
        };

        var variables = Variables(Prepare(request));

        Assert.Contains("PATH=/opt/bin", variables);
        Assert.Contains("COLOUR=blue", variables);
        Assert.Contains("EMPTY=", variables);
        Assert.Equal(8, variables.Count);
    }

    [Fact]
    public void A_request_cannot_take_another_tasks_id()
    {
        var request = new StartTaskRequest { Binary = "true", Environment = { ["LEVITY_TASK_ID"] = "another's" } };

        var given = Variables(Prepare(request))
            .Where(variable => variable.StartsWith("LEVITY_TASK_ID", StringComparison.Ordinal));
        Assert.Equal([$"LEVITY_TASK_ID={Id}"], given);
    }

    [Fact]
    public void Nothing_of_levityds_own_environment_reaches_a_task()
    {
        var given = Variables(TaskEnvironment.Of(LoginAccount.OfThisProcess()).Prepare(Id, new StartTaskRequest { Binary = "true" }));
        string[] known = ["HOME", "LANG", "LEVITY_TASK_ID", "LOGNAME", "PATH", "USER"];

        Assert.Equal(known, given.Select(variable => variable.Split('=')[0]));
        Assert.True(Environment.GetEnvironmentVariables().Count > 0);
    }

    [Fact]
    public void Text_becomes_UTF_8()
    {
        var start = Prepare(new StartTaskRequest
        {
            Binary = "/bin/ä",
            Args = { "😀", "", "a\nb" },
            WorkingDir = "/tmp/é",
            Environment = { ["ß"] = "日本" },
        });

        Assert.Equal("/bin/ä"u8, start.Binary.Span);
        Assert.Equal("/tmp/é"u8, start.WorkingDir.Span);
        Assert.Equal(
            ["/bin/ä", "😀", "", "a\nb"], start.Argv.Select(argument => Encoding.UTF8.GetString(argument.Span)));
        Assert.Contains(start.Environment, variable => variable.Span.SequenceEqual("ß=日本"u8));
        Assert.DoesNotContain(start.Environment, variable => variable.Span.StartsWith("\uFEFF"u8));
    }

    [Fact]
    public void The_command_is_its_own_first_argument_and_is_not_looked_up_here()
    {
        var start = Prepare(new StartTaskRequest { Binary = "ls", Args = { "-l" } });

        Assert.Equal("ls", start.Binary.ToStringUtf8());
        Assert.Equal(["ls", "-l"], start.Argv.Select(argument => argument.ToStringUtf8()));
        Assert.Equal(Id.ToString(), start.TaskId);
    }

    [Fact]
    public void A_task_begins_at_home_unless_the_request_says_where() =>
        Assert.Equal("/home/build", Prepare(new StartTaskRequest { Binary = "true" }).WorkingDir.ToStringUtf8());

    [Fact]
    public void The_home_of_this_user_is_where_the_system_has_it_whatever_HOME_says()
    {
        var home = File.ReadLines("/etc/passwd")
            .Select(line => line.Split(':'))
            .Where(fields => fields[0] == Environment.UserName)
            .Select(fields => fields[5])
            .FirstOrDefault("/");

        var given = Variables(TaskEnvironment.Of(LoginAccount.OfThisProcess()).Prepare(Id, new StartTaskRequest { Binary = "true" }));

        Assert.Contains($"HOME={home}", given);
        Assert.Contains($"USER={Environment.UserName}", given);
    }

    [Fact]
    public void A_task_of_this_user_names_no_account_and_one_of_another_has_all_numbers_of_it()
    {
        var request = new StartTaskRequest { Binary = "true" };
        var other = new LoginAccount("build", new Credentials(CurrentUser.EffectiveId + 1, 7, [7, 8]), "/usr");

        var start = TaskEnvironment.Of(other).Prepare(Id, request);

        Assert.Null(TaskEnvironment.Of(LoginAccount.OfThisProcess()).Prepare(Id, request).Account);
        Assert.Equal(new Account { Uid = CurrentUser.EffectiveId + 1, Gid = 7, Groups = { 7, 8 } }, start.Account);
        Assert.Equal("/usr", start.WorkingDir.ToStringUtf8());
        Assert.Contains("LOGNAME=build", Variables(start));
    }

    [Fact]
    public void A_task_of_another_user_who_has_no_home_begins_at_the_root()
    {
        var other = new LoginAccount("build", new Credentials(CurrentUser.EffectiveId + 1, 7, []), "/no/such/home");

        var start = TaskEnvironment.Of(other).Prepare(Id, new StartTaskRequest { Binary = "true" });

        Assert.Equal("/", start.WorkingDir.ToStringUtf8());
        Assert.Contains("HOME=/no/such/home", Variables(start));
    }

    private static StartChild Prepare(StartTaskRequest request) =>
        new TaskEnvironment("/home/build", "build").Prepare(Id, request);

    private static List<string> Variables(StartChild start) =>
        [.. start.Environment.Select(variable => variable.ToStringUtf8()).Order(StringComparer.Ordinal)];
}
