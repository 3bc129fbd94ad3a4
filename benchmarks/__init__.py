"""How quick is it, beside the raw driver and beside the library that one would otherwise pick?

    python -m benchmarks

Figures are ratios within one run: the contenders take turns at the same work with the same
durability, so that a busy machine or a slow disk is the same for all of them.
"""
