"""Two accounts, perhaps two records, of one person: asked, joined, taken back, settled.

=========  ==================================================================
life       who is asked what, and what comes of it; nobody is joined who has not said yes
weighing   what two records say, laid side by side (pure)
settling   what happens by itself: a question that ran out, a joining that stays
=========  ==================================================================
"""
