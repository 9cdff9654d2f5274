using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Control;

/// <summary>Takes requests off the connections' hands; called from many threads, returns at once.</summary>
internal interface IControlHandler
{
    void Handle(ControlConnection connection, Request request);

    void Closed(ControlConnection connection);
}
