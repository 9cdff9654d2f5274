using Grpc.AspNetCore.Server;
using Levity.Daemon.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Levity.Daemon.Tests.Security;

public sealed class AccessPolicyTests
{
    [Fact]
    public void Each_method_that_is_served_has_a_row_and_no_other() =>
        Assert.Equal(PublicMethods().Concat(BuiltInMethods()).Order(), AccessPolicy.Methods.Order());

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/levity.TaskManager/")]
    [InlineData("/levity.TaskManager/querytask")]
    [InlineData("/levity.TaskManager/QueryTask/")]
    [InlineData("levity.TaskManager/QueryTask")]
    [InlineData("/levity.TaskManager/QueryTask\0")]
    [InlineData("//levity.TaskManager/QueryTask")]
    public void A_method_that_is_nearly_in_the_table_is_not_in_it(string method) =>
        Assert.False(AccessPolicy.Covers(method));

    [Fact]
    public void All_of_the_table_is_covered() =>
        Assert.All(AccessPolicy.Methods, method => Assert.True(AccessPolicy.Covers(method)));

    private static IEnumerable<string> PublicMethods() =>
        Protocol.TaskManager.Descriptor.Methods.Select(method => $"/{method.Service.FullName}/{method.Name}");

    // As the packages really map them, in the versions that we build with.
    private static List<string> BuiltInMethods()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        using var app = builder.Build();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources
                .SelectMany(source => source.Endpoints)
                .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
                .OfType<string>()
                .Distinct(),
        ];
    }
}
