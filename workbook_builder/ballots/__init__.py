"""述职测评 (notice 三（二）): ballots on paper or as files, typed twice, never traceable.

Comes in: a scheme; what lies in the folder 测评. Goes out: the forms to issue; per section an `Evaluation`, and problems
that carry counts only. Nothing of a single ballot leaves this room.
"""
