/** `lockstep check`: gathers the facts, account by account and file by file, and prints each judgement as soon as it is made. */
import { statSync } from "node:fs";
import { InstrumentSource } from "../adapters/dhan/instrument-source.ts";
import { InstrumentFileFault } from "../adapters/dhan/instruments.ts";
import { systemClock } from "../adapters/system/clock.ts";
import { systemTimers } from "../adapters/system/timers.ts";
import { tradingDay, unixMs } from "../domain/time.ts";
import type { ClockReading } from "../engine/ports/account-facts.ts";
import { accountFindings } from "../faces/check/account.ts";
import { clockFinding } from "../faces/check/clock.ts";
import { calendarFinding, type InstrumentFacts, instrumentsFinding } from "../faces/check/data.ts";
import { fileFinding } from "../faces/check/file.ts";
import { type Finding, isFine } from "../faces/check/finding.ts";
import { diskFinding, journalFinding, serverFinding } from "../faces/check/machine.ts";
import { sizingFindings } from "../faces/check/sizing.ts";
import { findingText, tallyText } from "../faces/check/table.ts";
import type { CheckOptions } from "../faces/cli/check.ts";
import { DONE, type ExitCode, FAILED } from "../faces/cli/exit-code.ts";
import { addressText } from "../faces/http/address.ts";
import { loadCalendar } from "../settings/calendar-file.ts";
import type { Settings } from "../settings/settings.ts";
import { missingAlertSecrets } from "./alerting.ts";
import { usedAccounts } from "./cast.ts";
import { askAccounts } from "./check/accounts.ts";
import { freeRoom, journalFacts, mayBeOwned } from "./check/journal.ts";
import { portFacts } from "./check/port.ts";
import { complain } from "./complaint.ts";
import { INSTRUMENTS_URL, readSettingsFile } from "./preparation.ts";
import type { Surroundings } from "./run.ts";
import type { Environment } from "./tokens.ts";

export async function check({ config, json }: CheckOptions, { env, isTerminal }: Pick<Surroundings, "env" | "isTerminal">): Promise<ExitCode> {
  const settings = readSettingsFile(config);
  if ("exitCode" in settings) return complain(settings);
  const findings: Finding[] = [];
  const say = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (!json) for (const finding of found) process.stdout.write(findingText(finding));
  };
  const progress = (doing: string): void => {
    if (isTerminal) process.stderr.write(`${doing} …\n`);
  };

  say([fileFinding(fileFacts(config, settings, env))]);
  const used = usedAccounts(settings);
  progress(`asking the broker about ${used.length} accounts, for at most ${(2 * settings.dhan.requestTimeoutMs) / 1_000} s`);
  const clockReadings: ClockReading[] = [];
  const accounts = await askAccounts(settings, env, (reading) => clockReadings.push(reading));
  for (const facts of accounts) say(accountFindings(facts, systemClock.now()));
  say(sizingFindings(settings.copies, accounts));
  say([clockFinding(clockReadings, Math.min(...settings.copies.map(({ maxAgeMs }) => maxAgeMs)))]);
  progress("reading the instrument file");
  say(await dataFindings(settings));
  progress("looking at the journal and the port");
  say(await machineFindings(settings));
  if (json) process.stdout.write(`${JSON.stringify({ ok: isFine(findings), rows: findings })}\n`);
  else process.stdout.write(tallyText(findings));
  return isFine(findings) ? DONE : FAILED;
}

function fileFacts(path: string, settings: Settings, env: Environment): Parameters<typeof fileFinding>[0] {
  const used = usedAccounts(settings);
  return {
    path,
    copies: settings.copies.map(({ id }) => id),
    accounts: used.map(({ id }) => id),
    unused: settings.accounts.flatMap((account) => (used.includes(account) ? [] : [account.id])),
    notActive: settings.notActive,
    alertsWithoutSecret: missingAlertSecrets(settings, env),
  };
}

async function dataFindings({ calendar: choice, dhan }: Settings): Promise<readonly Finding[]> {
  const now = systemClock.now();
  const loaded = loadCalendar(choice);
  const isDhanItself = /(^|\.)dhan\.co$/.test(new URL(dhan.rest).hostname);
  const calendar = calendarFinding(loaded.ok ? { calendar: loaded.calendar, isAlwaysOpen: choice.is === "always-open", isDhanItself } : loaded, now);
  // A calendar that can't be read does not keep the other file from being judged.
  const today = tradingDay(now);
  return [calendar, instrumentsFinding(await instrumentFacts(dhan), loaded.ok ? loaded.calendar.lastTradingDay(today) : today)];
}

/** As a start would find it: what is at an address is fetched where none of today is kept. */
async function instrumentFacts({ rest, instruments: path, instrumentsUrl: url }: Settings["dhan"]): Promise<InstrumentFacts> {
  const source = new InstrumentSource({ url, path, rest, clock: systemClock, timers: systemTimers });
  try {
    await source.open();
    const { rows, skipped } = source.file;
    return { rows, skipped, writtenAt: unixMs(statSync(path).mtimeMs) };
  } catch (error) {
    if (!(error instanceof InstrumentFileFault)) throw error;
    return { fault: error.message, source: url ?? INSTRUMENTS_URL };
  }
}

async function machineFindings(settings: Settings): Promise<readonly Finding[]> {
  const { host, port } = settings.server;
  const journal = journalFacts(settings.journal);
  return [
    journalFinding(journal),
    diskFinding(freeRoom(settings.journal)),
    serverFinding(await portFacts(settings.server, settings.dhan.requestTimeoutMs), addressText(host, port), mayBeOwned(journal)),
  ];
}
