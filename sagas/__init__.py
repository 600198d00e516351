"""The processes this app runs: none yet. Add one: write its folder, name it here."""

SAGAS: tuple[()] = ()
