"""What objects refer to, and what is there to be meant: in Git, or made by operators from what is in Git.

In: the rendered objects of a run. Out: `world.World`, which answers whether an object that a reference means is there,
as a delivery sees it; `pods`, which gives the pod templates of any object; `absence`, which says what people are told.
"""
