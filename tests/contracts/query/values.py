"""JSON values and documents to draw from; small pools, so that equal ones meet."""

from hypothesis import strategies as st

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([-1.5, 0.5, 1.0, 2.0]),
    st.sampled_from(["", "a", "b", "ab", "1", "é"]),
)
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["k", "l"]), inner, max_size=2)
)
documents = st.fixed_dictionaries({}, optional=dict.fromkeys(("a", "b", "n"), json_values))
collections = st.lists(documents, max_size=12).map(
    lambda found: [{**document, "id": str(at), "_rid": f"r{at:03}"} for at, document in enumerate(found)]
)
