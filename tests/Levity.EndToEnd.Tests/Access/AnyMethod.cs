using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>Calls a method that is known by its descriptor only.</summary>
internal static class AnyMethod
{
    private static readonly Marshaller<IMessage> Requests = Marshallers.Create<IMessage>(
        message => message.ToByteArray(), _ => throw new NotSupportedException("only sent"));

    private static readonly Marshaller<byte[]> Responses = Marshallers.Create(bytes => bytes, bytes => bytes);

    public static string NameOf(MethodDescriptor method) => $"{method.Service.FullName}/{method.Name}";

    /// <summary>
    /// Makes the call, of which a stream's first message is enough: some never end. What comes of it is the answer.
    /// </summary>
    public static async Task<Answer> CallAsync(CallInvoker invoker, MethodDescriptor method, IMessage request)
    {
        var type = (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (false, true) => MethodType.ServerStreaming,
            (true, false) => MethodType.ClientStreaming,
            (true, true) => MethodType.DuplexStreaming,
        };
        var definition = new Method<IMessage, byte[]>(type, method.Service.FullName, method.Name, Requests, Responses);
        return type switch
        {
            MethodType.Unary => await UnaryAsync(invoker, definition, request),
            MethodType.ServerStreaming => await ServerStreamingAsync(invoker, definition, request),
            MethodType.DuplexStreaming => await DuplexAsync(invoker, definition, request),
            _ => throw new NotSupportedException($"{NameOf(method)}: write how to call a {type} method"),
        };
    }

    private static async Task<Answer> UnaryAsync(CallInvoker invoker, Method<IMessage, byte[]> method, IMessage request)
    {
        using var call = invoker.AsyncUnaryCall(method, null, TestClient.Bounded, request);
        return await Answer.OfAsync(() => call.ResponseAsync, call.ResponseHeadersAsync, call.GetTrailers);
    }

    private static async Task<Answer> ServerStreamingAsync(
        CallInvoker invoker, Method<IMessage, byte[]> method, IMessage request)
    {
        using var call = invoker.AsyncServerStreamingCall(method, null, TestClient.Bounded, request);
        return await Answer.OfAsync(
            () => call.ResponseStream.MoveNext(CancellationToken.None), call.ResponseHeadersAsync, call.GetTrailers);
    }

    private static async Task<Answer> DuplexAsync(
        CallInvoker invoker, Method<IMessage, byte[]> method, IMessage request)
    {
        using var call = invoker.AsyncDuplexStreamingCall(method, null, TestClient.Bounded);
        return await Answer.OfAsync(
            async () =>
            {
                try
                {
                    await call.RequestStream.WriteAsync(request);
                }
                catch (IOException)
                {
                    // The connection was refused meanwhile, which the other direction tells as a status.
                }

                await call.ResponseStream.MoveNext(CancellationToken.None);
            },
            call.ResponseHeadersAsync,
            call.GetTrailers);
    }
}
