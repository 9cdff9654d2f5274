using Levity.Linux;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>Somebody who is not root, for tests that root runs.</summary>
internal static class OtherUser
{
    /// <summary>"nobody" on every Linux.</summary>
    public const uint Id = 65534;

    /// <summary>Skips a test that needs processes of other users where there are none to be had.</summary>
    public static void Require()
    {
        Assert.SkipUnless(CurrentUser.EffectiveId == 0, "only root can start processes of other users");
        var missing = Privileges.MissingForOtherUsers();
        Assert.SkipUnless(missing.Count == 0, $"this root has no {string.Join(", ", missing)}");
    }
}
