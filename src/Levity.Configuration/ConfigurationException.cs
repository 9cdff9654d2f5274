namespace Levity.Configuration;

/// <summary>A configuration file cannot be read, or something in it is wrong; the message says all of that, a line each.</summary>
public sealed class ConfigurationException(string message, Exception? cause = null) : Exception(message, cause);
