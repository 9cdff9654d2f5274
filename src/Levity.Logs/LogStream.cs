namespace Levity.Logs;

/// <summary>Which of its two outputs a task wrote to. The numbers are stored: they never change.</summary>
public enum LogStream : byte
{
    Stdout = 1,
    Stderr = 2,
}
