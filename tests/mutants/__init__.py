"""Mutation testing by sample: small faults put into the code one at a time; do the tests notice?

==============  ==============================================================
rooms           which sources are looked at under a name, and which tests are nearest
source          a piece of source text and the faults that can be put into it
python, sql     the faults of Python, found in the syntax tree, and of SQL in strings
left_out        what no fault is put into
equivalent      the reviewed list of faults that change nothing (equivalent.toml)
reach           which test reaches which line, measured once and kept in .mutants/
serving         a process in a private copy of the tree that forks for each run of tests
running         looks after it: the faults of a sample, one after the other
==============  ==============================================================

``make mutants ROOM=linking SAMPLE=40 SEED=1`` tries forty faults of that room and prints each that
no test notices, its line before and after. Then one of three is right: a test is missing (write the
one that says what should be); the line is not needed (take it out); or nobody could notice (put it
into equivalent.toml with the reason). ``ONLY=storage/links.py:15`` tries those of the sample in one
place. Faults are looked for on SQLite. The developer's tree is never touched.
"""
