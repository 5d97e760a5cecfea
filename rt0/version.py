"""The versions, in one place."""

VERSION = "0.1.0"
GO_VERSION = "1.27"  # the minor version of GOROOT that rt0 compiles
