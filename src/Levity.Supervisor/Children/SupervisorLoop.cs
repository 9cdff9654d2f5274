using Levity.Protocol.Supervisor;
using Levity.Supervisor.Control;

namespace Levity.Supervisor.Children;

/// <summary>
/// The one thread that owns every child: it starts them, waits for them and ends them, so an exit is never seen before
/// its start is known, and nothing that it touches needs a lock.
/// </summary>
internal sealed class SupervisorLoop(WorkQueue work, ChildLives lives, RequestHandler requests, LevitydPeer levityd)
    : IControlHandler
{
    /// <summary>Works until it was told to stop and no child is alive any more.</summary>
    public void Run()
    {
        while (!lives.IsOver)
        {
            work.Run(lives.MillisecondsToNextStep);
            lives.ActOnDeadlines();
            lives.FinishEmptied();
        }
    }

    public void Handle(ControlConnection connection, Request request) =>
        work.Post(() => requests.Handle(connection, request));

    public void Closed(ControlConnection connection) => work.Post(() => levityd.Gone(connection));

    /// <summary>Stops all children and then the loop.</summary>
    public void Stop(TimeSpan grace) => work.Post(() => lives.StopAll(grace));
}
