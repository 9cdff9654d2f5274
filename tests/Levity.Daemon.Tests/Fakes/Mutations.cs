using CsCheck;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>What becomes of good bytes when somebody who means harm, or a bad disk, has had them.</summary>
internal static class Mutations
{
    private enum Edit
    {
        Overwrite,
        Insert,
        Remove,
        Repeat,
        End,
    }

    /// <summary>One of the seeds, with some edits anywhere. Now and then there is none.</summary>
    public static Gen<byte[]> Of(params byte[][] seeds) => Gen.Select(
        Gen.Int[0, seeds.Length - 1].Select(i => seeds[i]),
        Gen.Select(Gen.Enum<Edit>(), Gen.UInt, Gen.Byte.Array[1, 8]).Array[0, 6],
        (seed, edits) => edits.Aggregate(seed, (bytes, edit) => Change(bytes, edit.Item1, edit.Item2, edit.Item3)));

    private static byte[] Change(byte[] bytes, Edit edit, uint anywhere, byte[] with)
    {
        var at = (int)(anywhere % ((uint)bytes.Length + 1));
        var behind = Math.Min(bytes.Length, at + with.Length);
        return edit switch
        {
            Edit.Overwrite => [.. bytes[..at], .. with, .. bytes[behind..]],
            Edit.Insert => [.. bytes[..at], .. with, .. bytes[at..]],
            Edit.Remove => [.. bytes[..at], .. bytes[behind..]],
            Edit.Repeat => [.. bytes[..behind], .. bytes[at..]],
            _ => bytes[..at],
        };
    }
}
