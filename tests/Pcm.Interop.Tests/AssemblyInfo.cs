// Each QEMU is two busy threads; what is timed or counted here must not share the machine with another test of this project.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
