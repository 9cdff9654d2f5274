using CsCheck;

namespace Levity.Soak.Model;

/// <summary>What a client of the model test may do; a pick chooses among the tasks that there are by then.</summary>
internal abstract record Operation
{
    public static readonly Gen<Operation> Any = Gen.Frequency(
        (80, Gen.Select(Gen.Bool, Gen.Int[0, 255], Operation (sleeps, code) => new Start(sleeps, code))),
        (160, Gen.Select(Gen.Int[0, 1000], Operation (pick) => new Query(pick))),
        (60, Gen.Select(Gen.Int[0, 1000], Operation (pick) => new Signal(pick))),
        (60, Gen.Select(Gen.Int[0, 1000], Operation (pick) => new Read(pick))),
        (60, Gen.Select(Gen.Int[0, 1000], Operation (pick) => new Remove(pick))),
        (1, Gen.Const<Operation>(new KillDaemon())));

    /// <summary>A task that waits to be stopped, or exits with this code at once.</summary>
    public sealed record Start(bool Sleeps, int Code) : Operation;

    public sealed record Query(int Pick) : Operation;

    public sealed record Signal(int Pick) : Operation;

    public sealed record Read(int Pick) : Operation;

    public sealed record Remove(int Pick) : Operation;

    /// <summary>levityd is killed and started again, whatever the others are waiting for.</summary>
    public sealed record KillDaemon : Operation;
}
