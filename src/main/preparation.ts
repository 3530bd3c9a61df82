/** What a run needs before it may touch the journal: settings, tokens and instruments that are whole. */
import { InstrumentSource } from "../adapters/dhan/instrument-source.ts";
import { InstrumentFileFault } from "../adapters/dhan/instruments.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import type { Calendar } from "../domain/calendar/calendar.ts";
import { BAD_USAGE, FAILED } from "../faces/cli/exit-code.ts";
import { loadCalendar } from "../settings/calendar-file.ts";
import { loadSettings } from "../settings/load.ts";
import { problemText } from "../settings/problem.ts";
import type { Settings } from "../settings/settings.ts";
import { missingAlertSecrets } from "./alerting.ts";
import { usedAccounts } from "./cast.ts";
import type { Complaint } from "./complaint.ts";
import { type Environment, missingTokens } from "./tokens.ts";

/** Where Dhan publishes it (reference 9.1). */
export const INSTRUMENTS_URL = "https://images.dhan.co/api-data/api-scrip-master-detailed.csv";

export function readSettingsFile(path: string): Settings | Complaint {
  const read = loadSettings(path);
  return read.ok ? read.settings : { exitCode: BAD_USAGE, sentences: read.problems.map((problem) => problemText(path, problem)) };
}

export interface Preparation {
  readonly settings: Settings;
  readonly instruments: InstrumentSource;
  /** The instrument file could not be fetched, and the one of before is in use. */
  readonly oldInstruments: string | undefined;
  readonly calendar: Calendar;
}

export async function prepare(configPath: string, env: Environment): Promise<Preparation | Complaint> {
  const settings = readSettingsFile(configPath);
  if ("exitCode" in settings) return settings;
  const missing = [...missingTokens(usedAccounts(settings), env), ...missingAlertSecrets(settings, env)];
  if (missing.length > 0) return { exitCode: BAD_USAGE, sentences: missing };
  const calendar = loadCalendar(settings.calendar);
  if (!calendar.ok) return { exitCode: BAD_USAGE, sentences: calendar.sentences };
  const { rest, instruments: path, instrumentsUrl: url } = settings.dhan;
  const instruments = new InstrumentSource({ url, path, rest, clock: systemClock, timers: systemTimers });
  try {
    const { oldBecause } = await instruments.open();
    return { settings, calendar: calendar.calendar, instruments, oldInstruments: oldBecause };
  } catch (error) {
    if (!(error instanceof InstrumentFileFault)) throw error;
    if (url !== undefined) return { exitCode: FAILED, sentences: [`the instruments of ${url} can't be used, and none were fetched before: ${error.message}`] };
    return { exitCode: BAD_USAGE, sentences: [`${error.message} (dhan.instruments: ${settings.dhan.instruments}). Download it anew from ${INSTRUMENTS_URL}`] };
  }
}
