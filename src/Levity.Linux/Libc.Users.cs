using System.Runtime.InteropServices;

namespace Levity.Linux;

// geteuid(2).
internal static partial class Libc
{
    [LibraryImport(Library)]
    internal static partial uint geteuid();
}
