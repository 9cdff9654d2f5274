using Xunit.Sdk;
using Xunit.v3;

// Children, descriptors and the control group belong to the whole process.
[assembly: Parallelization(Mode = ParallelMode.None)]
