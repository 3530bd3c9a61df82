/** What Lockstep needs of its own machine: the journal, room for it, and the port. All of it is read beside a running copier. */
import { kolkataText, type UnixMs } from "../../domain/time.ts";
import type { Finding } from "./finding.ts";

export interface JournalOwner {
  readonly pid: number;
  readonly host: string;
  readonly since: UnixMs;
  /** Undefined: it is on another machine. */
  readonly isAlive: boolean | undefined;
}

export type JournalFacts = { readonly path: string } & (
  | {
      readonly is: "absent";
      /** Why no journal can be made there. */
      readonly obstacle: string | undefined;
    }
  | { readonly is: "damaged"; readonly said: string }
  /** It is there, and could not be written: a file system that is mounted read-only, another user's file. */
  | { readonly is: "read-only"; readonly obstacle: string }
  | {
      readonly is: "whole";
      readonly records: number;
      /** Of the last records, whose chains were followed. */
      readonly followed: number;
      /** Files of it that others than their owner may read or write. */
      readonly openToOthers: readonly string[];
      /** Who had it open for writing last. */
      readonly owner: JournalOwner | undefined;
    }
);

/** What answers at the port that the copier would take. */
export type PortFacts =
  | { readonly is: "any" }
  | { readonly is: "free" }
  | { readonly is: "copier"; readonly ready: boolean; readonly reasons: readonly string[] }
  | { readonly is: "other"; readonly said: string }
  | { readonly is: "unclear"; readonly said: string };

export function journalFinding(facts: JournalFacts): Finding {
  const check = "journal";
  const { path } = facts;
  switch (facts.is) {
    case "absent":
      if (facts.obstacle === undefined) return { check, state: "ok", said: `${path} is not there yet: the first start makes it` };
      return { check, state: "failed", said: `no journal can be made at ${path}: ${facts.obstacle}`, todo: "make the folder, or set journal to another path" };
    case "read-only":
      return {
        check,
        state: "failed",
        said: `${path} can't be written: ${facts.obstacle}`,
        todo: "mend the rights, or mount it for writing: docs/runbook/journal.md; a start needs to write the journal, and beside it in its folder",
      };
    case "damaged":
      return {
        check,
        state: "failed",
        said: facts.said,
        todo: "npx lockstep journal verify names all that is wrong; docs/journal.md says what a lost journal means",
      };
    case "whole": {
      const { records, followed, openToOthers, owner } = facts;
      const said = `${path}: ${records} records, the last ${followed} are as they were written; ${ownerText(owner)}`;
      if (openToOthers.length === 0) return { check, state: "ok", said };
      return { check, state: "warning", said: `${said}; other users of this machine can read it`, todo: `chmod 600 ${openToOthers.join(" ")}` };
    }
  }
}

function ownerText(owner: JournalOwner | undefined): string {
  if (owner === undefined) return "nobody has it open";
  const who = `process ${owner.pid}, which opened it at ${kolkataText(owner.since)} in India`;
  if (owner.isAlive === undefined) return `last opened on another machine: ${owner.host}, ${who}`;
  return owner.isAlive ? `a copier is running: ${who}` : "nobody has it open";
}

const MIB = 1024 * 1024;
/** A busy day writes some tens of megabytes, and a journal that can take no record stops all orders. */
const LITTLE_BYTES = 1_024 * MIB;
const NONE_BYTES = 64 * MIB;

export function diskFinding({ folder, freeBytes }: { readonly folder: string; readonly freeBytes: number | undefined }): Finding {
  const check = "disk";
  if (freeBytes === undefined) return { check, state: "warning", said: `how much room is left in ${folder} could not be found out` };
  const said = `${size(freeBytes)} free in ${folder}`;
  if (freeBytes >= LITTLE_BYTES) return { check, state: "ok", said };
  return { check, state: freeBytes < NONE_BYTES ? "failed" : "warning", said, todo: "make room: when the journal can't be written, nothing is sent" };
}

function size(bytes: number): string {
  return bytes >= 1_024 * MIB ? `${(bytes / 1_024 / MIB).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;
}

/** `ownsJournal`: whoever answers may be the copier of this journal. */
export function serverFinding(port: PortFacts, address: string, ownsJournal: boolean): Finding {
  const check = "server";
  switch (port.is) {
    case "any":
      return { check, state: "ok", said: "port 0: any free one is taken" };
    case "free":
      return { check, state: "ok", said: `${address} is free` };
    case "other":
      return { check, state: "failed", said: `another program is at ${address}: ${port.said}`, todo: "end it, or set server.port" };
    case "unclear":
      return {
        check,
        state: "warning",
        said: `whether ${address} is free could not be found out: ${port.said}`,
        todo: "see whether server.host is an address of this machine",
      };
    case "copier":
      if (!ownsJournal) {
        return { check, state: "failed", said: `a copier of another journal listens on ${address}`, todo: "give this one another server.port" };
      }
      if (port.ready) return { check, state: "ok", said: `the running copier answers on ${address}, and is ready` };
      return { check, state: "warning", said: `the running copier answers on ${address}, and is not ready`, notes: port.reasons };
  }
}
