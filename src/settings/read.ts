/** From the text of `lockstep.yaml` to settings, or to every problem in it, in the order of the lines. Pure. */
import { resolve } from "node:path";
import { accountId, clientId } from "../domain/identity.ts";
import type { CalendarChoice } from "./calendar-file.ts";
import { copyPolicy } from "./copy-policy.ts";
import { parseYaml } from "./document.ts";
import type { SettingsFile } from "./file.ts";
import { isWithin } from "./key.ts";
import { NOT_ACTIVE } from "./not-active.ts";
import { problemAt, type SettingsProblem } from "./problem.ts";
import { checkRelations } from "./relations.ts";
import type { AccountSettings, AlertChannel, Settings, TokenReference } from "./settings.ts";
import { findUnavailable } from "./unavailable.ts";
import { checkValues } from "./wrong-values.ts";

export type SettingsResult = { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Relative paths in the file are relative to `baseDir`. */
export function readSettings(text: string, where: { readonly baseDir: string }): SettingsResult {
  const parsed = parseYaml(text);
  if (!parsed.ok) return parsed;
  const { data, lineOf } = parsed.document;

  const unavailable = findUnavailable(data);
  const checked = checkValues(data);
  const wrong = checked.ok ? [] : checked.findings.filter(({ path }) => !unavailable.some(({ covers }) => isWithin(path, covers)));
  const findings = [...unavailable, ...wrong, ...checkRelations(data)];
  if (checked.ok && findings.length === 0) return { ok: true, settings: settingsOf(checked.file, where.baseDir) };
  const problems = findings.map((finding) => problemAt(finding, lineOf));
  return { ok: false, problems: problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

function settingsOf(file: SettingsFile, baseDir: string): Settings {
  const { requestTimeout, lookupGrace, lookback, instruments, ...addresses } = file.dhan;
  return {
    journal: resolve(baseDir, file.journal),
    server: file.server,
    calendar: calendarOf(file.calendar, baseDir),
    dhan: {
      ...addresses,
      ...instrumentsFrom(instruments, baseDir, resolve(baseDir, file.journal)),
      requestTimeoutMs: requestTimeout,
      lookupGraceMs: lookupGrace,
      lookbackMs: lookback,
    },
    accounts: file.accounts.map((account) => accountOf(account, baseDir)),
    copies: file.copies.filter(({ enabled }) => enabled).map(copyPolicy),
    alerts: file.alerts.map((channel) => channelOf(channel, baseDir)),
    notActive: NOT_ACTIVE,
  };
}

function calendarOf(written: SettingsFile["calendar"], baseDir: string): CalendarChoice {
  return typeof written === "string" ? { is: written } : { is: "file", path: resolve(baseDir, written.file) };
}

function accountOf(account: SettingsFile["accounts"][number], baseDir: string): AccountSettings {
  return {
    id: accountId(account.id),
    clientId: clientId(account.clientId),
    token: referenceOf(account.token, baseDir),
    broker: account.broker,
    rateLimits: account.rateLimits,
  };
}

function channelOf(written: SettingsFile["alerts"][number], baseDir: string): AlertChannel {
  if ("webhook" in written) return { channel: "webhook", url: written.webhook.url, secret: referenceOf(written.webhook.secret, baseDir) };
  const { botToken, chatId, api } = written.telegram;
  return { channel: "telegram", botToken: referenceOf(botToken, baseDir), chatId, api };
}

function referenceOf(written: SettingsFile["accounts"][number]["token"], baseDir: string): TokenReference {
  return "env" in written ? { from: "env", name: written.env } : { from: "file", path: resolve(baseDir, written.file) };
}

/** What is fetched is kept beside the journal. */
function instrumentsFrom(written: string, baseDir: string, journal: string): { readonly instruments: string; readonly instrumentsUrl: string | undefined } {
  if (/^https?:\/\//.test(written)) return { instruments: `${journal}.instruments.csv`, instrumentsUrl: written };
  return { instruments: resolve(baseDir, written), instrumentsUrl: undefined };
}
