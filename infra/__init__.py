"""The data model, the Azure resources, and what checks them without Azure."""
