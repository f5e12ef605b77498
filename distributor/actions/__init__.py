"""The verbs: everything that changes the state of a statement, one function each.

Every verb that a person gives checks whether that person may, and writes state,
record and outbox in one transaction. None of them spans a network call.
"""

from .approving import approve, ask_for_changes, withdraw_approval
from .changing import RENDER
from .people import add_person, unsubscribe
from .pictures import give_picture, remove_picture
from .proofs import choose_mode, edit_post, make_proof, renew_proof
from .settling import settle_as_gone, settle_as_sent, settle_by_sending, settle_mail
from .stopping import halt, resume
from .texts import Submission, correct, revise, submit
from .withdrawing import Withdrawal, withdraw

__all__ = [
    "RENDER",
    "Submission",
    "Withdrawal",
    "add_person",
    "approve",
    "ask_for_changes",
    "choose_mode",
    "correct",
    "edit_post",
    "give_picture",
    "halt",
    "make_proof",
    "remove_picture",
    "renew_proof",
    "resume",
    "revise",
    "settle_as_gone",
    "settle_as_sent",
    "settle_by_sending",
    "settle_mail",
    "submit",
    "unsubscribe",
    "withdraw",
    "withdraw_approval",
]
