using Xunit.Sdk;
using Xunit.v3;

// Children and descriptors belong to the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]
