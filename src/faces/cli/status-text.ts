/** How a running copier stands, for a person at a terminal: what needs him first, then accounts, copies, and what is not settled. */
import type { StatusDocument } from "../control/status-document.ts";
import { haltWords } from "./halt-text.ts";
import { table } from "./table.ts";

type Account = StatusDocument["accounts"][number];
type Copy = StatusDocument["copies"][number];

export function statusText(status: StatusDocument): string {
  const { journal } = status;
  return [
    `lockstep ${status.version}, up ${span(status.uptimeSeconds)}. ${minute(status.at)}, India's time`,
    status.ready ? "Ready." : "NOT READY:",
    ...status.reasons.map((reason) => `  ${reason}`),
    ...(journal.broken === undefined ? [] : [`JOURNAL BROKEN, nothing is placed or made larger: ${journal.broken}`]),
    ...haltLines(status.copies),
    `Journal ${journal.path}, ${journal.records} records`,
    "",
    ...table([
      ["account", "role", "stream", "last frame", "token", "books", "orders used"],
      ...status.accounts.map((account) => accountRow(account, status.at)),
    ]),
    "",
    ...table([["copy", "", "waiting", "in flight", "in doubt", "resting", "filled", "refused", "ended", ""], ...status.copies.map(copyRow)]),
    ...doubtLines(status),
    ...waitingLines(status),
    ...alertLines(status),
    "",
  ].join("\n");
}

function haltLines(copies: readonly Copy[]): readonly string[] {
  const halted = copies.filter(({ halt }) => halt !== undefined);
  if (halted.length === 0) return [];
  const which =
    halted.length === copies.length
      ? "every copy opens nothing"
      : `${halted.map(({ copy }) => copy).join(", ")} ${halted.length === 1 ? "opens" : "open"} nothing`;
  const halts = new Set(halted.flatMap(({ halt }) => (halt === undefined ? [] : [haltWords(halt)])));
  return [`HALTED: ${which}`, ...[...halts].map((words) => `  ${words}`)];
}

function accountRow({ account, role, stream, lastFrameAt, token, books, budget, unreadable }: Account, now: string): readonly string[] {
  const read =
    books.unreadableSince === undefined
      ? books.behind
        ? "behind"
        : `read ${since(books.readAt, now)} ago`
      : `unreadable for ${since(books.unreadableSince, now)}`;
  const valid = token.validUntil === undefined ? "" : ` until ${minute(token.validUntil)}`;
  return [
    account,
    role === "both" ? "leader, follower" : role,
    stream.since === undefined ? "not opened" : `${stream.state} ${since(stream.since, now)}`,
    lastFrameAt === undefined ? "none" : `${since(lastFrameAt, now)} ago`,
    token.state === "unasked" ? "not asked yet" : `${token.state}${valid}`,
    unreadable === 0 ? read : `${read}, ${unreadable} not understood`,
    budget === undefined ? "" : budgetWords(budget),
  ];
}

/** `3/10 s, 12/250 min, 40/1000 h, 80/7000 day`, and what holds it up. */
function budgetWords(budget: NonNullable<Account["budget"]>): string {
  const units = { second: "s", minute: "min", hour: "h", day: "day" };
  return [
    ...budget.windows.map(({ window, used, limit }) => `${used}/${limit} ${units[window]}`),
    ...(budget.waiting === 0
      ? []
      : [`${budget.waiting} waiting${budget.lastLeavesInMs === undefined ? "" : `, the last for ${seconds(budget.lastLeavesInMs)}`}`]),
    ...(budget.pausedForMs === 0 ? [] : [`paused for ${seconds(budget.pausedForMs)} after a 429`]),
    ...(budget.breaker === "closed" ? [] : [`breaker ${budget.breaker}`]),
  ].join(", ");
}

function copyRow({ copy, leader, follower, mirrors, halt }: Copy): readonly string[] {
  const { waiting, inFlight, inDoubt, resting, filled, refused, ended } = mirrors;
  const counts = [waiting, inFlight, inDoubt, resting, filled, refused, ended].map(String);
  return [copy, `${leader} > ${follower}`, ...counts, halt === undefined ? "" : "halted"];
}

function doubtLines({ inDoubt, at }: StatusDocument): readonly string[] {
  const rows = inDoubt.map(({ copy, order, request, correlationId, since: from }) => [
    `  ${copy}`,
    `${request} for the leader's order ${order}`,
    `correlation id ${correlationId}`,
    `for ${since(from, at)}`,
  ]);
  return rows.length === 0 ? [] : ["", "Sent, and its outcome not known yet:", ...table(rows)];
}

/** Unless a copy has `forever: copy`, no follower's broker holds anything for these: what they fire is copied while the copier runs. */
function waitingLines({ waiting }: StatusDocument): readonly string[] {
  const rows = waiting.map(({ account, kind, order, what }) => [`  ${account}`, kind, order, what]);
  return rows.length === 0 ? [] : ["", "Waiting at leaders' brokers; copied before they fire only under forever: copy:", ...table(rows)];
}

function alertLines({ alerts, at }: StatusDocument): readonly string[] {
  const rows = alerts.map(({ severity, code, account, copy, message, count, since: from }) => [
    `  ${severity}`,
    code,
    copy ?? account ?? "",
    `for ${since(from, at)}`,
    count === 1 ? message : `${message} (${count} times)`,
  ]);
  return rows.length === 0 ? [] : ["", "Open alerts (what has no end is listed for an hour, what is critical for a day):", ...table(rows)];
}

function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}

function since(from: string | undefined, now: string): string {
  return from === undefined ? "never" : span(Math.max(0, Math.round((Date.parse(now) - Date.parse(from)) / 1_000)));
}

function seconds(ms: number): string {
  return span(Math.ceil(ms / 1_000));
}

/** The two largest units: `3 h 12 min`. */
function span(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3_600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "min"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
