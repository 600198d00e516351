"""`python -m ops …`: the operator's command line. What it does lives in shared/; here it is only said and shown."""
