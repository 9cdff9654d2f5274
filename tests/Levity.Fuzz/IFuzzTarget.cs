namespace Levity.Fuzz;

/// <summary>Something of Levity that takes bytes of strangers, with what it promises about all of them.</summary>
internal interface IFuzzTarget : IDisposable
{
    /// <summary>Takes some bytes. Whatever comes out of this as an exception is a finding.</summary>
    void Take(byte[] input);
}
