using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Levity.Linux;

/// <summary>
/// The C library, under the names of the manual. One file a subject: <c>Libc.Files.cs</c>, <c>Libc.Processes.cs</c> …
/// Raw declarations only; the types beside it retry EINTR, own the descriptors and throw <see cref="LinuxException"/>.
/// </summary>
internal static partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);
}
