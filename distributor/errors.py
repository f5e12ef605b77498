"""The errors a person may see: each one is a sentence that says what to do.

DistributorError
├── BadInput          the text, file or argument cannot be used as it is
├── BadState          the thing asked for is not possible now
├── NotAllowed        this person may not do this
└── BadConfiguration  the configuration, a secret or the environment is wrong
"""


class DistributorError(Exception):
    """Base of all errors that are shown to a person instead of a traceback."""


class BadInput(DistributorError):
    """The text, file or argument cannot be used as it is."""


class BadState(DistributorError):
    """The thing asked for is not possible in the present state."""


class NotAllowed(DistributorError):
    """This person may not do this."""


class BadConfiguration(DistributorError):
    """The configuration, a secret or the environment is wrong."""
