"""What can go wrong with the database. The message is made for the reader.

StorageError
├── WrongUrl            the address of the database cannot be understood
├── CannotConnect       nothing answers there, or the file cannot be opened
├── NotMigrated         the tables are older (or newer) than this release
├── AlreadyRunning      another process holds the SQLite database
├── ConnectionLost      the connection broke; the work was not done, or its end is not known
├── CannotWrite         the disk is full, the file read-only or held by somebody for too long
├── UnitFailed          a unit of work went on after a statement that failed
├── Closed              the database was closed before
├── NotABackup          a file is no backup, or a damaged one
└── ExportError         an export could not be written
"""

from __future__ import annotations


class StorageError(Exception):
    """Something about the database."""


class WrongUrl(StorageError):
    """The address of the database cannot be understood."""


class CannotConnect(StorageError):
    """Nothing answers at the address, or the file cannot be opened."""


class NotMigrated(StorageError):
    """The tables are not those of this release."""


class AlreadyRunning(StorageError):
    """Another process holds the SQLite database."""


class ConnectionLost(StorageError):
    """The connection broke. Doing the same again is safe where events are claimed by their id."""


class CannotWrite(StorageError):
    """The disk is full, the file read-only, or locked by another process for too long."""


class UnitFailed(StorageError):
    """A unit of work went on after a statement that failed."""


class Closed(StorageError):
    """The database was closed before."""


class NotABackup(StorageError):
    """A file is no backup of a database, or it is damaged."""


class ExportError(StorageError):
    """An export could not be written."""
