"""How and when it runs: definitions, jobs, schedules, partitions, resources, and the command line."""
