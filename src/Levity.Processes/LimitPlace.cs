namespace Levity.Processes;

/// <summary>Where a controller limits a task.</summary>
/// <param name="Controller">As the kernel calls it.</param>
/// <param name="Directory">Of the control group.</param>
public sealed record LimitPlace(string Controller, string Directory);
