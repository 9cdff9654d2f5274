using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf.Collections;
using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    private const int MostLabels = 32;
    private const int LongestLabel = 256;

    private static void CheckName(string field, string name)
    {
        if (TaskName.TryParse(name, out _))
        {
            return;
        }

        throw RpcErrors.Invalid(field, TaskName.LooksLikeId(name)
            ? $"{RpcErrors.Quote(name)} could be the beginning of a task's id: put something into it that no id has, such as a "
                + "letter from g to z"
            : $"{RpcErrors.Quote(name)} is no name of a task, which is made of {TaskName.Rule}");
    }

    private static void CheckLabels(MapField<string, string> labels)
    {
        if (labels.Count > MostLabels)
        {
            throw RpcErrors.Invalid("labels", $"there are {labels.Count}; at most {MostLabels} are possible");
        }

        foreach (var (key, value) in labels)
        {
            CheckLabelKey("labels", key);
            if (Encoding.UTF8.GetByteCount(value) is var length && length > LongestLabel)
            {
                throw RpcErrors.Invalid($"labels[{key}]", $"has {length} bytes; at most {LongestLabel} are possible");
            }

            if (value.Any(char.IsControl))
            {
                throw RpcErrors.Invalid($"labels[{key}]", $"{RpcErrors.Quote(value)} has a control character");
            }
        }
    }

    private static void CheckLabelKey(string field, string key)
    {
        if (!LabelKey().IsMatch(key))
        {
            throw RpcErrors.Invalid(
                field,
                $"{RpcErrors.Quote(key)} is no key of a label, which is made of 1 to 64 of A-Z a-z 0-9 . _ / - beginning with "
                + "a letter or digit");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._/-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelKey();
}
