using System.Security.Cryptography;
using Levity.Configuration;
using Levity.Protocol;

namespace Levity.Cli.Configuration;

/// <summary>
/// A change of the user's file: all that it does not concern stays as it was written, and it comes as a whole or not at all.
/// </summary>
internal static class ContextFileChange
{
    private const UnixFileMode OfOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="context">Where the file is.</param>
    /// <param name="change">Gets what is there now, and the text to change.</param>
    /// <param name="isDone">Whether the outcome is what was asked for.</param>
    /// <exception cref="CommandException">It cannot be written, or is written in a way that cannot be changed here.</exception>
    /// <exception cref="ConfigurationException">Something in it is wrong already.</exception>
    public static void Make(CommandContext context, Action<ContextFile?, ConfigurationText> change, Func<ContextFile, bool> isDone)
    {
        var path = ContextFile.PathOfUser(context)
            ?? throw new CommandException("there is no place for a file of contexts: set HOME or XDG_CONFIG_HOME");
        var home = context.Variable("HOME");
        var before = ContextFile.OfUser(context);
        var text = new ConfigurationText(before is null ? "" : ConfigurationFile.ReadText(path));
        change(before, text);
        if (!IsDone(path, text.ToString(), home, isDone))
        {
            throw new CommandException(
                $"'{path}' is written in a way that levity cannot change (a context is a table [contexts.NAME] here): edit it yourself");
        }

        try
        {
            Replace(path, text.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot write '{path}': {FileFailure.OfDirectory(e)}", e);
        }
    }

    /// <exception cref="CommandException">There is no such context.</exception>
    public static void Require(ContextFile? file, string name)
    {
        if (file?.Has(name) != true)
        {
            throw new CommandException(ContextFile.NoContext(file, name));
        }
    }

    private static bool IsDone(string path, string text, string? home, Func<ContextFile, bool> isDone)
    {
        try
        {
            return isDone(ContextFile.Parse(path, text, home, isOfUser: true));
        }
        catch (ConfigurationException)
        {
            return false;
        }
    }

    // Who keeps it elsewhere, and has a link here, goes on to do so.
    private static void Replace(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, OfOwner | UnixFileMode.UserExecute);
        var target = new FileInfo(path) is { LinkTarget: not null } link
            ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName
            : path;
        var fresh = $"{target}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        try
        {
            using (var file = new FileStream(
                fresh,
                new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OfOwner }))
            {
                using (var writer = new StreamWriter(file, leaveOpen: true))
                {
                    writer.Write(text);
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(fresh, target, overwrite: true);
        }
        finally
        {
            File.Delete(fresh);
        }
    }
}
