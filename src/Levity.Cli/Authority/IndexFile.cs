using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Levity.Protocol;

namespace Levity.Cli.Authority;

/// <summary>
/// The index as a file: JSON, an object a line; the first says how many certificates follow, so that a file that was cut
/// off is found out. A file that is not exactly what we write is damaged, and then nothing is issued or revoked by it.
/// </summary>
internal static class IndexFile
{
    public const string Name = "issued.jsonl";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";
    private const int Version = 1;

    public static string Format(CertificateIndex index)
    {
        var lines = new StringBuilder();
        lines.Append(Line(writer =>
        {
            writer.WriteNumber("version", Version);
            writer.WriteNumber("certificates", index.Certificates.Count);
            writer.WriteNumber("listNumber", index.ListNumber);
        }));
        foreach (var certificate in index.Certificates)
        {
            lines.Append(Line(writer => Write(writer, certificate)));
        }

        return lines.ToString();
    }

    /// <exception cref="FormatException">Says which line is damaged, and how.</exception>
    public static CertificateIndex Parse(string text)
    {
        var lines = text.Split('\n');
        var (number, count, listNumber) = (1, 0L, 0L);
        var certificates = new List<IssuedCertificate>();
        var serials = new HashSet<SerialNumber>();
        try
        {
            (count, listNumber) = ParseHeader(lines[0]);
            for (number = 2; number < lines.Length; number++)
            {
                var certificate = ParseCertificate(lines[number - 1]);
                Require(serials.Add(certificate.Serial), $"the serial number {certificate.Serial} is there twice");
                certificates.Add(certificate);
            }

            Require(lines[^1].Length == 0, "the line has no end");
            Require(certificates.Count == count, $"{count} certificates should be above, and {certificates.Count} are");
            return new CertificateIndex(certificates, listNumber);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new FormatException($"line {number}: {e.Message}", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, IssuedCertificate certificate)
    {
        writer.WriteString("serial", certificate.Serial.ToString());
        writer.WriteString("kind", certificate.Purpose.Name);
        writer.WriteString("name", certificate.Name.ToString());
        writer.WriteString("notBefore", Text(certificate.NotBefore));
        writer.WriteString("notAfter", Text(certificate.NotAfter));
        if (certificate.Revocation is { } revocation)
        {
            writer.WriteString("revokedAt", Text(revocation.At));
            writer.WriteString("reason", revocation.Reason);
        }
    }

    private static (long Count, long ListNumber) ParseHeader(string line)
    {
        using var document = JsonDocument.Parse(line);
        var header = document.RootElement;
        RequireMembers(header, "version", "certificates", "listNumber");
        var version = header.GetProperty("version").GetInt64();
        Require(version == Version, $"version {version} is of another levity, and this one knows {Version}");
        var listNumber = header.GetProperty("listNumber").GetInt64();
        Require(listNumber >= 0, "the number of a list is below 0");
        return (header.GetProperty("certificates").GetInt64(), listNumber);
    }

    private static IssuedCertificate ParseCertificate(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        var isRevoked = json.ValueKind == JsonValueKind.Object && json.TryGetProperty("revokedAt", out _);
        string[] members = ["serial", "kind", "name", "notBefore", "notAfter"];
        RequireMembers(json, isRevoked ? [.. members, "revokedAt", "reason"] : members);

        Require(SerialNumber.TryParse(Member(json, "serial"), out var serial), "the serial number is none");
        Require(UserName.TryParse(Member(json, "name"), out var name), $"the name is not {UserName.Rule}");
        var purpose = Purpose.All.FirstOrDefault(purpose => purpose.Name == Member(json, "kind"));
        var (notBefore, notAfter) = (Time(json, "notBefore"), Time(json, "notAfter"));
        Require(purpose is not null, $"there is no kind '{Member(json, "kind")}'");
        Require(notBefore < notAfter, "it ends before it begins");
        return new IssuedCertificate(
            serial, purpose!, name, notBefore, notAfter, isRevoked ? ParseRevocation(json) : null);
    }

    private static Revocation ParseRevocation(JsonElement json)
    {
        var reason = Member(json, "reason");
        Require(RevocationReasons.Has(reason), $"there is no reason '{reason}'");
        return new Revocation(Time(json, "revokedAt"), reason);
    }

    private static string Line(Action<Utf8JsonWriter> write)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.WrittenSpan) + '\n';
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string Member(JsonElement json, string name) => json.GetProperty(name).GetString() ?? "";

    private static DateTimeOffset Time(JsonElement json, string name)
    {
        var isTime = DateTimeOffset.TryParseExact(
            Member(json, name),
            TimeFormat,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time);
        Require(isTime, $"{name} is no time");
        return time;
    }

    private static void RequireMembers(JsonElement json, params string[] names)
    {
        Require(json.ValueKind == JsonValueKind.Object, "there is no object");
        var members = json.EnumerateObject().Select(member => member.Name).ToList();
        Require(members.SequenceEqual(names), $"the members should be {string.Join(", ", names)}");
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new FormatException(otherwise);
        }
    }
}
