namespace Levity.Linux;

/// <summary>The file mode creation mask of this process, which its children inherit: umask(2).</summary>
public static class ProcessUmask
{
    /// <param name="mask">The permission bits that new files do not get.</param>
    /// <returns>The mask until now.</returns>
    public static int Set(int mask) => (int)Libc.umask((uint)mask);
}
