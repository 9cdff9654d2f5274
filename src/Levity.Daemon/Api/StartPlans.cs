using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api;

/// <summary>What a start would do, in the words of the public API: what it would be refused with is said as it would be then.</summary>
internal static class StartPlans
{
    public static StartPlan Of(PlannedStart planned, string owner, StartTaskRequest request)
    {
        var asked = request.Clone();
        asked.ClearValidateOnly();
        asked.Environment.Clear();
        var plan = new StartPlan
        {
            Request = asked,
            Owner = owner,
            Account = planned.Account ?? "",
            Grace = planned.Grace.ToDuration(),
            Containment = planned.Containment ?? "",
            UserLimits = { planned.Limits.Select(UseOf) },
            Obstacles = { ObstaclesOf(planned, request) },
        };
        if (planned.Child is { } child)
        {
            plan.WorkingDir = child.WorkingDir.ToStringUtf8();
            plan.LogQuotaBytes = child.LogQuotaBytes;
            foreach (var variable in child.Environment)
            {
                Put(plan, variable);
            }
        }

        return plan;
    }

    // The id is one that no task will ever have.
    private static void Put(StartPlan plan, ByteString variable)
    {
        var text = Encoding.UTF8.GetString(variable.Span);
        var equals = text.IndexOf('=');
        if (text[..equals] != TaskEnvironment.IdVariable)
        {
            plan.Environment[text[..equals]] = text[(equals + 1)..];
        }
    }

    private static UserLimitUse UseOf(OverLimit use) =>
        new() { Name = RpcErrors.NameOf(use.Limit), Limit = use.Value, Used = use.Used };

    private static IEnumerable<string> ObstaclesOf(PlannedStart planned, StartTaskRequest request)
    {
        if (planned.AccountProblem is { } problem)
        {
            yield return RpcErrors.NoAccount(problem).Status.Detail;
        }

        if (planned.NameIsTakenBy is { } id)
        {
            yield return RpcErrors.NameIsTaken(request.Name, id.ToString()).Status.Detail;
        }

        foreach (var limit in planned.Limits.Where(limit => limit.IsReached))
        {
            yield return RpcErrors.OverLimit(limit).Status.Detail;
        }

        if (planned is { Child.Limits: not null, Containment: "session" })
        {
            yield return "limits: they need control groups, and the server's supervisor has none";
        }

        if (planned.Containment is null)
        {
            yield return "the server cannot reach its supervisor just now";
        }
    }
}
