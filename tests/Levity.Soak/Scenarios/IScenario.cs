namespace Levity.Soak.Scenarios;

/// <summary>One kind of faults, with the load under which they are done and the checks after them.</summary>
internal interface IScenario
{
    /// <summary>As it is on the command line and in the table.</summary>
    string Name { get; }

    /// <summary>Why it cannot be run here; null when it can.</summary>
    string? Obstacle => null;

    Task RunAsync(Soaking soaking);
}
