using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>How levityd goes away.</summary>
public enum Outage
{
    Sigterm,
    Kill9,
}

internal static class Outages
{
    public static Task AwayAsync(this LevityServer server, Outage how) => how switch
    {
        Outage.Sigterm => server.SigtermAsync(),
        _ => server.Kill9Async(),
    };
}
