"""What is wrong with the infrastructure, as far as that can be known without Azure. `python -m infra.checks` prints it.

It reads Bicep, works every parameter file out to concrete resources, and holds those against Azure's own types, against
the policies of this project, and against the code. It is no compiler: `az bicep build` has the last word.
"""

from infra.checks.check import findings, types

__all__ = ["findings", "types"]
