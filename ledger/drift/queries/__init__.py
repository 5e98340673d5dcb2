"""What is asked of the catalogue, one file a kind of thing; read by `ledger/drift/catalogue.py`."""
