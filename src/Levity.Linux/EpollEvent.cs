namespace Levity.Linux;

/// <summary>One thing that <see cref="Epoll.Wait"/> reports.</summary>
/// <param name="Events">What has happened.</param>
/// <param name="Data">The number that the descriptor was added with.</param>
public readonly record struct EpollEvent(EpollEvents Events, ulong Data);
