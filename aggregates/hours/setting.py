"""A work setting of a person: stated and restated by them alone."""

from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from aggregates.decider import Decider
from aggregates.facts import SealedFact
from aggregates.hours.refusals import HoursCode
from aggregates.hours.setting_entry import SettingEntry, read_setting, setting_fields
from aggregates.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSetting:
    """A person states a place they work at, as a whole."""

    person_id: UUID
    entry: SettingEntry


class SettingStated(SealedFact, frozen=True, kw_only=True, tag="setting-stated.v1"):
    """A person stated a work setting: name, address, kind, employment, evidence."""

    person_id: UUID
    entry: SettingEntry


SettingFact: TypeAlias = SettingStated


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose it is and what was stated last, None before the first time."""

    person_id: UUID | None = None
    entry: SettingEntry | None = None


def decide(command: StateSetting, state: Setting) -> tuple[SettingFact, ...]:
    """Return what happens, nothing for what stands already. Raises Refused, FieldsRefused."""
    if state.person_id not in (None, command.person_id):
        raise Refused(HoursCode.SETTING_UNKNOWN)
    if command.entry == state.entry:
        return ()
    if read_setting(setting_fields(command.entry)) != command.entry:
        raise ValueError("settings are made by read_setting")
    return (SettingStated(person_id=command.person_id, entry=command.entry),)


def evolve(_state: Setting, fact: SettingFact) -> Setting:
    """Follow what happened."""
    return Setting(fact.person_id, fact.entry)


SETTING: Decider[StateSetting, Setting, SettingFact] = Decider(
    initial=Setting(), decide=decide, evolve=evolve
)
