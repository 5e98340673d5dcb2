"""Refusals: what a rule says when it will not do something, and the codes it says it with."""

from typing import final

from aggregates.refusal_code import Code


@final
class RefusalCode(Code):
    """The refusals of practices, people and sessions; those of hours are in aggregates/hours."""

    # the client field
    CLIENT_MISSING = (
        "client-missing",
        "Please enter the client's initials, such as J.D., or a code such as C-001.",
    )
    CLIENT_TOO_LONG = (
        "client-too-long",
        "That is longer than a name. Please enter initials, such as J.D., or a code such as C-001.",
    )
    CLIENT_DIGITS = (
        "client-digits",
        "A name has no digits. For a code, use a letter, a hyphen and three digits, such as C-001.",
    )
    CLIENT_EMAIL = (
        "client-email",
        "That looks like an e-mail address. Please enter initials, such as J.D., instead.",
    )
    CLIENT_SEVERAL_PERSONS = (
        "client-several-persons",
        (
            "That may be more than one person. Please enter one client's initials, "
            "or one code such as C-001 for the couple, family or group."
        ),
    )
    CLIENT_HIDDEN_CHARACTERS = (
        "client-hidden-characters",
        "There are invisible characters in this. Please type it again by hand.",
    )
    CLIENT_MIXED_SCRIPTS = (
        "client-mixed-scripts",
        "This mixes letters of different alphabets. Please type it again in one alphabet.",
    )
    CLIENT_CODE_NEEDED = (
        "client-code-needed",
        (
            "In this script a first letter can be a whole name. "
            "Please use a code such as C-001 instead."
        ),
    )
    CLIENT_AMBIGUOUS = (
        "client-ambiguous",
        (
            "This could be a short name or initials. "
            "Please write initials with dots, such as J.D., or the name with a capital letter."
        ),
    )
    CLIENT_NOT_A_NAME = (
        "client-not-a-name",
        (
            "This does not look like one person's name. "
            "Please enter initials, such as J.D., or a code such as C-001."
        ),
    )

    # the other fields of a session
    DATE_INVALID = (
        "date-invalid",
        "Please give the day of the session as year-month-day, such as 2026-03-09.",
    )
    DATE_IN_FUTURE = (
        "date-in-future",
        "This day has not come yet. Please log the session once it has taken place.",
    )
    DATE_TOO_OLD = (
        "date-too-old",
        "This day is more than seven years ago, beyond what is kept. Please check the year.",
    )
    START_INVALID = (
        "start-invalid",
        "Please give the start as hours and minutes on the 24-hour clock, such as 09:30 or 14:00.",
    )
    MINUTES_INVALID = (
        "minutes-invalid",
        "Please give the length in whole minutes, such as 50.",
    )
    MINUTES_OUT_OF_RANGE = (
        "minutes-out-of-range",
        "A session lasts from 1 to 600 minutes. Please log a longer one in parts.",
    )
    SESSION_CROSSES_MIDNIGHT = (
        "session-crosses-midnight",
        "A session ends on the day it starts. Please log the part after midnight on the next day.",
    )
    SETTING_MISSING = (
        "setting-missing",
        "Please name the work setting, as you call it yourself.",
    )
    SETTING_TOO_LONG = (
        "setting-too-long",
        "Please shorten the name of the setting to 80 characters.",
    )
    SETTING_HIDDEN_CHARACTERS = (
        "setting-hidden-characters",
        "There are invisible characters in the setting. Please type it again, on one line.",
    )
    MODALITY_UNKNOWN = (
        "modality-unknown",
        "Please choose how you met: in person, by video or by phone.",
    )
    PARTICIPANTS_UNKNOWN = (
        "participants-unknown",
        "Please choose who took part: individual, couple, family, child or group.",
    )
    REASON_UNKNOWN = ("reason-unknown", "Please choose the reason.")
    REMARK_TOO_LONG = (
        "remark-too-long",
        "Please shorten the remark to 200 characters.",
    )
    REMARK_HIDDEN_CHARACTERS = (
        "remark-hidden-characters",
        "There are invisible characters in the remark. Please type it again, on one line.",
    )

    # a session as a whole
    BAA_NOT_SIGNED = (
        "baa-not-signed",
        (
            "Your practice has not signed the Business Associate Agreement yet, "
            "so no client data can be entered. Please ask the practice owner to sign it."
        ),
    )
    SESSION_EXISTS = (
        "session-exists",
        "This session is logged already. Please correct it instead.",
    )
    SESSION_UNKNOWN = (
        "session-unknown",
        "There is no such session. Please go back to your week and choose one.",
    )
    SESSION_DELETED = (
        "session-deleted",
        "This session was deleted. Please log a new one if it did take place.",
    )
    NOT_YOURS = (
        "not-yours",
        "Only the therapist who logged a session can change it.",
    )
    NOTHING_CHANGED = (
        "nothing-changed",
        "Nothing is different from what is logged. Please change a field first, or go back.",
    )

    # the practice
    PRACTICE_EXISTS = (
        "practice-exists",
        "This practice is open already. Please sign in to it.",
    )
    PRACTICE_UNKNOWN = (
        "practice-unknown",
        "There is no such practice. Please check the link you were given.",
    )
    PRACTICE_NAME_INVALID = (
        "practice-name-invalid",
        "Please give the practice a name of 1 to 120 characters, on one line.",
    )
    MEMBER_NAME_INVALID = (
        "member-name-invalid",
        "Please give the member's name in 1 to 120 characters, on one line.",
    )
    MEMBER_EXISTS = (
        "member-exists",
        "This person is a member of the practice already.",
    )
    MEMBERS_FULL = (
        "members-full",
        "The practice has as many members as it can hold. Please write to support.",
    )
    OWNER_ONLY = (
        "owner-only",
        "Only an owner of the practice can do this. Please ask one of them.",
    )
    MEMBER_UNKNOWN = (
        "member-unknown",
        "This person is no member of the practice. Please look at the list of members again.",
    )
    LAST_OWNER = (
        "last-owner",
        "This is the practice's only owner. Please make somebody else an owner first.",
    )
    INVITATION_UNKNOWN = (
        "invitation-unknown",
        "There is no such invitation, or no longer. Please ask the practice owner for a new one.",
    )
    AUDITOR_END_INVALID = (
        "auditor-end-invalid",
        "Please give the last day of the auditor's access, from tomorrow to a year from now.",
    )
    ROLE_UNKNOWN = (
        "role-unknown",
        "Please choose what the person is to be in the practice.",
    )
    EMAIL_INVALID = (
        "email-invalid",
        "That is no e-mail address we can write to. Please check it, such as name@example.org.",
    )
    BAA_ALREADY_SIGNED = (
        "baa-already-signed",
        "This version of the agreement is signed already. There is nothing left to do.",
    )

    # tokens of programs
    TOKEN_DAYS_INVALID = (
        "token-days-invalid",
        "Please choose for how long, from 1 to 90 days.",
    )
    TOKEN_PURPOSE_UNKNOWN = (
        "token-purpose-unknown",
        "Please choose what the program may do; it can do no more than you.",
    )
    TOKENS_FULL = (
        "tokens-full",
        "You have let in as many programs as can be. Please take the access of one back first.",
    )

    # shredding
    SHRED_NOT_ORDERED = (
        "shred-not-ordered",
        "No order to destroy this key is on record. Please record the order first.",
    )
    SHRED_MISMATCH = (
        "shred-mismatch",
        "This key is on record for another stream. Nothing was recorded; please check the order.",
    )

    # emergency access and holds
    EMERGENCY_UNKNOWN = (
        "emergency-unknown",
        "There is no such request for emergency access. Please look at the list again.",
    )
    EMERGENCY_ROLE = (
        "emergency-role",
        "Emergency access is for owners and compliance officers of the practice. Please ask one.",
    )
    EMERGENCY_WHOSE = ("emergency-whose", "Please choose another member who logs sessions.")
    EMERGENCY_MINUTES = ("emergency-minutes", "Please choose how long, up to an hour.")
    EMERGENCY_SECOND_PERSON = (
        "emergency-second-person",
        "A second person has to answer: neither who asked nor whose records they are.",
    )
    EMERGENCY_NOT_YOURS = (
        "emergency-not-yours",
        "Only who asked can begin this, and only who asked, who approved or an owner can end it.",
    )
    EMERGENCY_NOT_OPEN = (
        "emergency-not-open",
        "This was answered, has ended, or its time is over. Please look at the list again.",
    )
    HOLD_ON = (
        "hold-on",
        "A legal hold is on this record: its key is not destroyed. Please lift the hold first.",
    )
    HOLD_OFFICER = ("hold-officer", "Only compliance officers place and lift holds.")
    HOLD_TARGET = ("hold-target", "Please choose a member, or one record by its id, not both.")
    HOLD_UNKNOWN = ("hold-unknown", "There is no such hold. Please look at the list again.")


@final
class Refused(Exception):
    """One rule's no; `field` names the form field it belongs beside, or is None."""

    def __init__(self, code: Code, *, field: str | None = None) -> None:
        super().__init__(code.sentence)
        self.code = code
        self.sentence = code.sentence
        self.field = field

    def beside(self, field: str) -> "Refused":
        """Return the same refusal beside a form field."""
        return Refused(self.code, field=field)

    def __str__(self) -> str:
        return f"{self.code.value}: {self.sentence}"


@final
class FieldsRefused(Exception):
    """All that is wrong with a form at once: at least one refusal, each naming its field."""

    def __init__(self, errors: tuple[Refused, ...]) -> None:
        super().__init__(", ".join(error.code.value for error in errors))
        self.errors = errors
