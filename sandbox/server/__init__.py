"""The sandbox's server: a clock, faults, quotas and plumbing, so that vendors' documents come over real HTTP.

What belongs here: how an answer is asked for, admitted, spoilt and delivered. What does not: what a vendor says, which
stands in `sandbox.vendors`, and what happens in the world, which stands in `sandbox.universe`.
"""
