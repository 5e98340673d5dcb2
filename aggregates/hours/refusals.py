"""The refusals of enrolments, settings, supervisions, activities and weeks."""

from typing import final

from aggregates.refusal_code import Code


@final
class HoursCode(Code):
    """Each with its sentence; docs/errors.md has a line for each."""

    # fields that several forms share
    DAY_INVALID = (
        "day-invalid",
        "Please give this day as year-month-day, such as 2026-03-09.",
    )
    DAY_ORDER = (
        "day-order",
        "This day comes before the one it has to follow. Please check both.",
    )
    TEXT_MISSING = ("text-missing", "Please fill this in; it stands on the Board's forms.")
    TEXT_TOO_LONG = ("text-too-long", "Please shorten this to what the field can hold.")
    TEXT_HIDDEN_CHARACTERS = (
        "text-hidden-characters",
        "There are invisible characters in this field. Please type it again, on one line.",
    )
    YEARS_INVALID = (
        "years-invalid",
        "Please give each year with four digits, such as 2024 2025; 20 of them at most.",
    )
    CHOICE_UNKNOWN = ("choice-unknown", "Please choose one of the answers offered here.")

    # an activity
    KIND_UNKNOWN = ("kind-unknown", "Please choose what kind of activity it was.")
    LENGTH_INVALID = (
        "length-invalid",
        "Please give the length in minutes, such as 90, or in quarter hours, such as 1.25 h.",
    )
    LENGTH_OUT_OF_RANGE = (
        "length-out-of-range",
        "An activity lasts from 1 to 960 minutes on one day. Please log a longer one in parts.",
    )
    GROUP_SIZE_INVALID = (
        "group-size-invalid",
        "Please give how many supervisees met, you included: 2 to 20.",
    )
    SEGMENTS_INVALID = (
        "segments-invalid",
        "Please give the minutes of each part, such as 60 60; together they are the whole length.",
    )
    SUPERVISION_MISSING = (
        "supervision-missing",
        "Please choose under which supervision this was, or add the supervision first.",
    )
    SUPERVISION_UNKNOWN = (
        "supervision-unknown",
        "There is no such supervision of yours. Please choose one from your list.",
    )
    SERVICE_UNKNOWN = ("service-unknown", "Please choose what you did in this session.")
    ACTIVITY_EXISTS = (
        "activity-exists",
        "This activity is logged already. Please correct it instead.",
    )
    ACTIVITY_UNKNOWN = (
        "activity-unknown",
        "There is no such activity. Please go back to your week and choose one.",
    )
    ACTIVITY_DELETED = (
        "activity-deleted",
        "This activity was deleted. Please log a new one if it did take place.",
    )

    COPY_TO_ITSELF = (
        "copy-to-itself",
        "Please choose another day: these entries are on this one already.",
    )

    # what hours count towards
    TRACK_UNKNOWN = ("track-unknown", "Please choose the licence you are working towards.")
    WEEK_START_FIXED = (
        "week-start-fixed",
        "A week is signed already, so weeks keep beginning on the day they begin now.",
    )
    SPAN_INCOMPLETE = (
        "span-incomplete",
        "Please give the first day of this term, and the last one if it is over.",
    )
    SETTING_UNKNOWN = (
        "setting-unknown",
        "There is no such work setting of yours. Please choose one from your list.",
    )
    SUPERVISOR_UNKNOWN = (
        "supervisor-unknown",
        "This person is no supervisor in your practice. Please ask the owner to invite them.",
    )
    ENROLMENT_MISSING = (
        "enrolment-missing",
        "Please say first which licence you are working towards, under Setup.",
    )

    ROWS_TOO_MANY = (
        "rows-too-many",
        "This opens more weeks again than one change can. Please take some back, then save it.",
    )

    # a week
    WEEK_EMPTY = ("week-empty", "Nothing is logged in this week under this supervision.")
    WEEK_UNKNOWN = (
        "week-unknown",
        "There is no such week to sign. Please choose one from your list.",
    )
    WEEK_SUBMITTED = (
        "week-submitted",
        "This week is with the supervisor already. There is nothing left to do.",
    )
    WEEK_NOT_SUBMITTED = (
        "week-not-submitted",
        "This week was not submitted, or was taken back. There is nothing to sign or return.",
    )
    WEEK_CHANGED = (
        "week-changed",
        "Something in this week changed since it was shown. Please look at it again.",
    )
    WEEK_NOT_YOURS = (
        "week-not-yours",
        "This week is for another supervisor to sign. Nothing was changed.",
    )
    WEEK_START_OTHER = (
        "week-start-other",
        "This week begins on another day than the signed ones. Please submit it anew.",
    )
    SUPERVISOR_MISSING = (
        "supervisor-missing",
        "This supervision names no member of the practice who could sign. Please choose one.",
    )
    RETURN_REASON_UNKNOWN = (
        "return-reason-unknown",
        "Please choose why the week goes back.",
    )
    NOTICE_MISSING = (
        "notice-missing",
        "Please write to your supervisee why; the Board asks for notice in writing.",
    )
    NOTICE_TOO_SHORT = (
        "notice-too-short",
        "The Board asks for a week's notice. Please give a day at least seven days from today.",
    )
    SIGNATURE_INVALID = (
        "signature-invalid",
        "The signature does not fit what was shown. Nothing is signed; please try it again.",
    )
