"""Tests of lake on a trial table of prices; every commit is a real one."""
