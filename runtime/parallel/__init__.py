"""Work that is shared among threads: parts by number, steps of the engine, items made ahead.

None of it changes what is made: each part makes its own, and what is given comes in its order.
"""
