/** The log: JSON lines on standard error, or lines for people when that is a terminal. */
import { type DestinationStream, type Logger, pino } from "pino";
import { kolkataIso } from "../kolkata-time.ts";
import { isAlert, type LogLine } from "./line.ts";
import { redacted } from "./redacted.ts";

export interface Log {
  write(line: LogLine): void;
  /** Writes what is buffered before it returns: for the end of the process, however it comes. */
  flush(): void;
}

const LEVELS = { info: 30, warning: 40, critical: 60 } as const;
const STANDARD_ERROR = 2;
/** What a reader of our standard error who has fallen asleep may leave unread before lines are dropped; trading never waits for it. */
const BACKLOG_BYTES_MAX = 64 * 1024 * 1024;

/** `terminal`: for people. `json`: for programs. Anything that looks like a token is written as `[redacted]`. */
export async function openLog(form: "json" | "terminal"): Promise<Log> {
  const destination = pino.destination({ fd: STANDARD_ERROR, sync: false, maxLength: BACKLOG_BYTES_MAX });
  // Whoever read the log has gone. That is no reason to stop trading: the journal is what must be kept, and it is elsewhere.
  destination.on("error", () => undefined);
  const stream = form === "terminal" ? await readable(destination) : destination;
  return logTo(stream, () => destination.flushSync());
}

/** Exported so that what is written can be read back in a test. */
export function logTo(destination: DestinationStream, flush: () => void = () => undefined): Log {
  const logger: Logger<keyof typeof LEVELS> = pino(
    {
      base: null,
      timestamp: false,
      messageKey: "message",
      customLevels: LEVELS,
      useOnlyCustomLevels: true,
      level: "info",
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return {
    write(line) {
      const { at, level, code, account, copy, order, message, details } = line;
      const alert = isAlert(line) ? { alert: true } : {};
      logger[level]({ at: kolkataIso(at), code, account, copy, order, ...alert, ...details }, redacted(message));
    },
    flush,
  };
}

async function readable(destination: DestinationStream): Promise<DestinationStream> {
  const { default: pretty } = await import("pino-pretty");
  return pretty({
    destination,
    timestampKey: "at",
    messageKey: "message",
    translateTime: false,
    messageFormat: (line, key) =>
      `${[line["code"], line["copy"] ?? line["account"], line["order"]].filter((part) => part !== undefined).join(" ")}: ${String(line[key])}`,
    customPrettifiers: { time: (at) => String(at).slice("2026-11-23T".length, "2026-11-23T09:15:02.417".length) },
    customLevels: LEVELS,
    customColors: { info: "green", warning: "yellow", critical: "red" },
    hideObject: true,
  });
}
