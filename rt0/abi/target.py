"""The machine that code is made for, as LLVM wants it told. A second target would turn this into a table; nobody else writes these down."""

from __future__ import annotations

TRIPLE = "x86_64-unknown-linux-gnu"
DATALAYOUT = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
