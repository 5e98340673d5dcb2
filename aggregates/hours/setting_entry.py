"""What a person states of a place they work at: kind, employment, address, evidence."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum

from aggregates.facts import Silent
from aggregates.form import FormReading, present
from aggregates.hours.fields import (
    day_text,
    read_day_or_none,
    read_one_of,
    read_text,
    read_text_or_none,
    read_years,
    read_yes,
    text_or_empty,
    years_text,
    yes_text,
)
from aggregates.private import Private


class SettingKind(StrEnum):
    """What kind of place it is: BPC 4980.01(c), 4980.05, 4980.06."""

    EXEMPT = "exempt"
    NONEXEMPT_OTHER = "nonexempt-other"
    PRIVATE_PRACTICE = "private-practice"
    PROFESSIONAL_CORPORATION = "professional-corporation"

    @property
    def is_private(self) -> bool:
        """Whether it is a private practice; a professional corporation is a kind of one."""
        return self in (SettingKind.PRIVATE_PRACTICE, SettingKind.PROFESSIONAL_CORPORATION)


class Employment(StrEnum):
    """What the person is there (BPC 4980.43.3(a)); hours of a contractor never count."""

    EMPLOYEE = "employee"
    VOLUNTEER = "volunteer"
    CONTRACTOR = "contractor"


class SettingEntry(Silent, frozen=True, kw_only=True):
    """All of it as it now stands.

    `is_lawful` is the person's word that the place lawfully and regularly provides mental health
    services and oversees their work. `school_agreement_on` is the day of the written agreement
    between school and site, for trainees; `employer_letter_on` of the letter for volunteers.
    `w2_years` are the tax years whose W-2 an employee has, `pay_stub_on` is the day of their latest
    pay stub. Before these two could be stated, employees gave the day of either as
    `employer_letter_on`: it counts for the years up to its own.
    """

    name: Private
    address: Private | None
    kind: SettingKind
    employment: Employment
    is_lawful: bool
    school_agreement_on: dt.date | None = None
    employer_letter_on: dt.date | None = None
    w2_years: tuple[int, ...] = ()
    pay_stub_on: dt.date | None = None

    def has_w2(self, year: int) -> bool:
        """Tell whether a tax year that has ended is proven."""
        earlier = self.employer_letter_on
        return year in self.w2_years or (earlier is not None and year <= earlier.year)

    def has_pay_stub(self, year: int) -> bool:
        """Tell whether a tax year that has not ended is proven."""
        stub = self.pay_stub_on
        return self.has_w2(year) or (stub is not None and stub.year == year)


def read_setting(fields: Mapping[str, str]) -> SettingEntry:
    """Read the form of a setting. Raises FieldsRefused naming its fields.

    Fields: name, address, kind, employment, is_lawful, school_agreement_on, employer_letter_on,
    w2_years, pay_stub_on.
    """
    form = FormReading(fields)
    name = form.read("name", read_text)
    address = form.read("address", read_text_or_none)
    kind = form.read("kind", lambda text: read_one_of(text, SettingKind))
    employment = form.read("employment", lambda text: read_one_of(text, Employment))
    is_lawful = form.read("is_lawful", read_yes)
    school_agreement_on = form.read("school_agreement_on", read_day_or_none)
    employer_letter_on = form.read("employer_letter_on", read_day_or_none)
    w2_years = form.read("w2_years", read_years)
    pay_stub_on = form.read("pay_stub_on", read_day_or_none)
    form.finish()
    return SettingEntry(
        name=present(name),
        address=address,
        kind=present(kind),
        employment=present(employment),
        is_lawful=present(is_lawful),
        school_agreement_on=school_agreement_on,
        employer_letter_on=employer_letter_on,
        w2_years=present(w2_years),
        pay_stub_on=pay_stub_on,
    )


def setting_fields(entry: SettingEntry) -> dict[str, str]:
    """Return the form that `read_setting` reads back as this entry; holds personal text."""
    return {
        "name": entry.name.reveal(),
        "address": text_or_empty(entry.address),
        "kind": entry.kind.value,
        "employment": entry.employment.value,
        "is_lawful": yes_text(entry.is_lawful),
        "school_agreement_on": day_text(entry.school_agreement_on),
        "employer_letter_on": day_text(entry.employer_letter_on),
        "w2_years": years_text(entry.w2_years),
        "pay_stub_on": day_text(entry.pay_stub_on),
    }
