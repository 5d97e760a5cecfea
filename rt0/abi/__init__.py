"""What several stages and the runtime must agree on, each fact written once: layout of the runtime's records (runtime_layout.py), the
format of the line tables (pclntab.py), what is known of a definition (defrecord.py),
and the spelling of paths in symbols (symbolpath.py).

Plain constants and small codecs; imports nothing of rt0. The runtime's own copies in Go and assembly are compared with these by tests/abi.
docs/INTERFACES.md says how the parts use them; read runtime_layout.py first.
"""
