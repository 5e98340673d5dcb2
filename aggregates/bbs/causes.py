"""Why minutes do not count: each cause with the rule that says so and what the person can do."""

from enum import StrEnum, auto
from typing import Final

from aggregates.bbs.bounds import Question
from aggregates.bbs.rule import Check


class Cause(StrEnum):
    """In the order in which hours are tested."""

    NO_SUPERVISION = auto()
    NO_SETTING = auto()
    NOT_IN_TRACK = auto()
    BEFORE_DEGREE_NEVER = auto()
    BEFORE_UNITS = auto()
    TRAINEE_IN_PRIVATE = auto()
    NO_PRACTICUM = auto()
    PRACTICUM_NOT_STATED = auto()
    NOT_REGISTERED_PRIVATE = auto()
    NOT_REGISTERED = auto()
    APPLICATION_NOT_STATED = auto()
    APPLICATION_LATE = auto()
    LIVE_SCAN_NOT_STATED = auto()
    NO_LIVE_SCAN = auto()
    REGISTRATION_PENDING = auto()
    AFTER_RECEIPT = auto()
    SECOND_IN_PRIVATE = auto()
    REGISTRATION_DEAD = auto()
    REGISTRATION_EXPIRED = auto()
    CONTRACTOR = auto()
    UNLAWFUL = auto()
    OUTSIDE_SUPERVISION = auto()
    RELATED = auto()
    UNQUALIFIED = auto()
    LICENCE_NOT_ACTIVE = auto()
    NO_TIE = auto()
    TIE_MISSING = auto()
    NO_RECORD_ACCESS = auto()
    BY_PHONE = auto()
    VIDEO_UNSUITABLE = auto()
    GROUP_TOO_LARGE = auto()
    PARTS_TOO_SHORT = auto()
    NOTES_OPEN = auto()
    NO_CONTACT = auto()
    OVER_TEN = auto()
    TRAINEE_RATIO = auto()
    SIX_HOURS = auto()
    SEVEN_DAYS = auto()
    BEFORE_DEGREE_CONTACT = auto()
    BEFORE_DEGREE = auto()
    NON_CLINICAL = auto()
    LEP = auto()
    SIX_YEARS = auto()

    @property
    def check(self) -> Check:
        """What is judged by it."""
        return _SAID[self][0]

    @property
    def sentence(self) -> str:
        """What to tell the person."""
        return _SAID[self][1]


QUESTION_OF: Final = {
    Cause.BEFORE_UNITS: Question.UNITS_DAY_MISSING,
    Cause.PRACTICUM_NOT_STATED: Question.PRACTICUM_MISSING,
    Cause.NO_PRACTICUM: Question.PRACTICUM_GAP_RUNS,
    Cause.APPLICATION_NOT_STATED: Question.APPLICATION_MISSING,
    Cause.LIVE_SCAN_NOT_STATED: Question.LIVE_SCAN_MISSING,
    Cause.REGISTRATION_PENDING: Question.REGISTRATION_PENDING,
    Cause.AFTER_RECEIPT: Question.AFTER_RECEIPT,
    Cause.REGISTRATION_DEAD: Question.SECOND_REGISTRATION,
    Cause.TIE_MISSING: Question.TIE_MISSING,
    Cause.NO_RECORD_ACCESS: Question.RECORD_ACCESS_MISSING,
    Cause.NOTES_OPEN: Question.NOTES_NOT_NAMED,
    Cause.NO_CONTACT: Question.FRACTIONS,
    Cause.OVER_TEN: Question.OVER_TEN,
    Cause.TRAINEE_RATIO: Question.RATIO_WINDOW,
    Cause.BEFORE_DEGREE_CONTACT: Question.OLD_HOURS_IN_CAPS,
    Cause.BEFORE_DEGREE: Question.OLD_HOURS_IN_CAPS,
    Cause.NON_CLINICAL: Question.OLD_HOURS_IN_CAPS,
    Cause.LEP: Question.OLD_HOURS_IN_CAPS,
}

_ONE_MORE: Final = (
    "Log one more hour of individual or two hours of group supervision with this supervisor in this"
    " week."
)
_SAID: Final = {
    Cause.NO_SUPERVISION: (
        Check.SUPERVISED,
        "Choose the supervision that this was under; without one it does not count.",
    ),
    Cause.NO_SETTING: (
        Check.SUPERVISED,
        "Add the setting of this supervision; hours count at a setting only.",
    ),
    Cause.NOT_IN_TRACK: (
        Check.NON_CLINICAL,
        "The statute of your track does not name this activity; choose another kind if one fits.",
    ),
    Cause.BEFORE_DEGREE_NEVER: (
        Check.TRAINEE_HOURS,
        "Hours before the degree never count on this track.",
    ),
    Cause.BEFORE_UNITS: (
        Check.TWELVE_UNITS,
        "Hours before 12 semester or 18 quarter units do not count; check the day you stated.",
    ),
    Cause.TRAINEE_IN_PRIVATE: (
        Check.TRAINEE_PRIVATE,
        "Trainees gain no hours in a private practice or professional corporation.",
    ),
    Cause.NO_PRACTICUM: (
        Check.PRACTICUM,
        "Trainees counsel while in practicum, or in a gap of fewer than 90 days; check your terms.",
    ),
    Cause.PRACTICUM_NOT_STATED: (Check.PRACTICUM, Question.PRACTICUM_MISSING.sentence),
    Cause.NOT_REGISTERED_PRIVATE: (
        Check.PRIVATE_UNREGISTERED,
        "No hours count in a private practice before the registration was issued.",
    ),
    Cause.NOT_REGISTERED: (
        Check.REGISTERED,
        "Hours after the degree need a registration, or an application within 90 days of it.",
    ),
    Cause.APPLICATION_NOT_STATED: (
        Check.NINETY_DAYS,
        Question.APPLICATION_MISSING.sentence,
    ),
    Cause.LIVE_SCAN_NOT_STATED: (Check.NINETY_DAYS, Question.LIVE_SCAN_MISSING.sentence),
    Cause.APPLICATION_LATE: (
        Check.NINETY_DAYS,
        "The Board received the application more than 90 days after the degree; check the days.",
    ),
    Cause.NO_LIVE_SCAN: (
        Check.NINETY_DAYS,
        "Before registration hours count from the Live Scan on; check its day and keep the form.",
    ),
    Cause.REGISTRATION_PENDING: (
        Check.NINETY_DAYS,
        "These hours count once the Board has registered you; state the day when it has.",
    ),
    Cause.SECOND_IN_PRIVATE: (
        Check.REGISTRATION_AGE,
        "Under a second registration number no hours count in a private practice.",
    ),
    Cause.AFTER_RECEIPT: (Check.SIX_YEARS, Question.AFTER_RECEIPT.sentence),
    Cause.REGISTRATION_DEAD: (
        Check.REGISTRATION_AGE,
        Question.SECOND_REGISTRATION.sentence,
    ),
    Cause.REGISTRATION_EXPIRED: (
        Check.REGISTERED,
        "The registration had expired; renew it, and state until when it holds.",
    ),
    Cause.CONTRACTOR: (
        Check.EMPLOYMENT,
        "Hours of an independent contractor never count; you must be an employee or volunteer.",
    ),
    Cause.UNLAWFUL: (
        Check.LAWFUL,
        "Confirm that the setting lawfully provides such services and oversees your work.",
    ),
    Cause.OUTSIDE_SUPERVISION: (
        Check.SUPERVISED,
        "This is outside the days of its supervision; correct the day, or choose another one.",
    ),
    Cause.RELATED: (
        Check.RELATED,
        "Hours under a spouse, relative or domestic partner do not count.",
    ),
    Cause.UNQUALIFIED: (
        Check.QUALIFIED,
        "Hours under a supervisor who is not qualified do not count; check what is missing.",
    ),
    Cause.LICENCE_NOT_ACTIVE: (
        Check.LICENCE,
        "The supervisor's licence was not seen to be active on this day; look it up and state it.",
    ),
    Cause.NO_TIE: (
        Check.RECORD_ACCESS,
        "In a private practice the supervisor is employed or contracted by it, or owns it.",
    ),
    Cause.TIE_MISSING: (Check.RECORD_ACCESS, Question.TIE_MISSING.sentence),
    Cause.NO_RECORD_ACCESS: (Check.RECORD_ACCESS, Question.RECORD_ACCESS_MISSING.sentence),
    Cause.BY_PHONE: (
        Check.PHONE,
        "Supervision by phone is no contact; meet face to face or by video in this week.",
    ),
    Cause.VIDEO_UNSUITABLE: (
        Check.VIDEO,
        "The supervisor found video unsuitable; meet face to face in this week.",
    ),
    Cause.GROUP_TOO_LARGE: (
        Check.GROUP_SIZE,
        "A group of more than eight is no supervision; meet in a smaller one in this week.",
    ),
    Cause.PARTS_TOO_SHORT: (
        Check.GROUP_PART,
        "Parts of a group supervision count from one hour on.",
    ),
    Cause.NOTES_OPEN: (Check.NOTES, Question.NOTES_NOT_NAMED.sentence),
    Cause.NO_CONTACT: (
        Check.CONTACT,
        "This week has less than a unit of supervision at this setting. " + _ONE_MORE,
    ),
    Cause.OVER_TEN: (
        Check.OVER_TEN,
        "More than ten direct hours in a week need two units. " + _ONE_MORE,
    ),
    Cause.TRAINEE_RATIO: (
        Check.TRAINEE_RATIO,
        "Trainees need a unit for every five direct hours. " + _ONE_MORE,
    ),
    Cause.SIX_HOURS: (
        Check.SIX_HOURS,
        "Six hours of supervision count in a week; the rest stays recorded.",
    ),
    Cause.SEVEN_DAYS: (
        Check.SEVEN_DAYS,
        "Forty hours count in any seven days, all settings together; the rest stays recorded.",
    ),
    Cause.BEFORE_DEGREE_CONTACT: (
        Check.BEFORE_DEGREE_CONTACT,
        "Before the degree 750 hours of counseling and supervision count; the rest stays recorded.",
    ),
    Cause.BEFORE_DEGREE: (
        Check.BEFORE_DEGREE,
        "Before the degree 1,300 hours count; the rest stays recorded.",
    ),
    Cause.NON_CLINICAL: (
        Check.NON_CLINICAL,
        "The limit of non-clinical hours is reached; the rest stays recorded.",
    ),
    Cause.LEP: (
        Check.LEP,
        "Under a licensed educational psychologist 1,200 hours count; the rest stays recorded.",
    ),
    Cause.SIX_YEARS: (
        Check.SIX_YEARS,
        "Hours of more than six years before the application for licensure do not count.",
    ),
}
