namespace Levity.Linux;

/// <summary>The user that this process acts as.</summary>
public static class CurrentUser
{
    /// <summary>The effective user id: geteuid(2).</summary>
    public static uint EffectiveId => Libc.geteuid();
}
