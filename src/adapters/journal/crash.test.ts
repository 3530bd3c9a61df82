/**
 * The journal when its process is killed. SIGKILL may leave: a log that was not carried over into the file, a half-written
 * transaction at its end, a lock file without a lock. It may not leave: a missing acknowledged record, part of a batch, or a
 * journal that the next process cannot open. A power cut in mid-append may also leave the log's last pages missing or wrong; what
 * it may not take is what was synced, and that is the disk's promise to SQLite's synchronous = FULL, which no test here can try.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import { JournalFault } from "../../engine/ports/journal.ts";
import { openJournal, readJournal } from "./sqlite.ts";
import { verifyJournal } from "./verify.ts";

const folder = mkdtempSync(join(tmpdir(), "lockstep-crash-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const openedAt = unixMs(Date.UTC(2026, 10, 23, 3, 45));
const BATCH_RECORDS = 3;

/** Appends batches of three records over two streams, and writes to stdout how many are acknowledged, after each. */
const APPEND_FOR_EVER = `
  const { openJournal } = await import(process.argv[1]);
  const { writeSync } = await import("node:fs");
  const journal = openJournal(process.argv[2], { openedAt: ${openedAt} });
  let leader = journal.heads().get("leader:1") ?? 0, follower = journal.heads().get("follower:2") ?? 0;
  writeSync(1, "open\\n");
  for (;;) {
    const record = { type: "order-seen", at: leader, pad: "x".repeat(leader % 900) };
    journal.append([{ stream: "leader:1", expected: leader, records: [record] }, { stream: "follower:2", expected: follower, records: [record, record] }]);
    leader += 1; follower += 2;
    writeSync(1, leader + "\\n");
  }`;

function appendForEver(path: string): ChildProcess {
  const source = new URL("./sqlite.ts", import.meta.url).href;
  return spawn(process.execPath, ["--input-type=module", "--eval", APPEND_FOR_EVER, source, path], { stdio: ["ignore", "pipe", "inherit"] });
}

/** Kills the child as soon as it has said `lines` lines, and gives the last whole line that came out of it. */
async function killedAfter(child: ChildProcess, lines: number): Promise<string> {
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split("\n").length > lines) child.kill("SIGKILL");
  });
  await once(child, "close");
  expect(child.signalCode).toBe("SIGKILL");
  return said.split("\n").at(-2) ?? "";
}

test("after SIGKILL in mid-append every acknowledged record is there, no batch is there in part, and the chains hold (R8)", { timeout: 60_000 }, async () => {
  const path = join(folder, "killed.db");
  for (const lines of [2, 40, 150, 333, 700]) {
    const acknowledged = Number(await killedAfter(appendForEver(path), lines));
    expect(acknowledged).toBeGreaterThan(0);

    const reader = readJournal(path); // as `explain` would, before any writer has opened it again
    expect(verifyJournal(reader).flaws).toEqual([]);
    reader.close();

    const journal = openJournal(path, { openedAt }); // the dead process's lock is no lock (R12)
    const stored = journal.heads().get("leader:1") ?? 0;
    expect(stored).toBeGreaterThanOrEqual(acknowledged);
    expect(stored).toBeLessThanOrEqual(acknowledged + 1); // at most the one whose acknowledgement did not come out
    expect(journal.heads().get("follower:2")).toBe(stored * 2);
    expect([...journal.read()]).toHaveLength(stored * BATCH_RECORDS);
    expect(verifyJournal(journal).flaws).toEqual([]);
    journal.close();
  }
});

test("a second writer in another process fails at once and is told who holds the journal, and since when (R12)", { timeout: 30_000 }, async () => {
  const path = join(folder, "held.db");
  const owner = appendForEver(path);
  if (owner.stdout !== null) await once(owner.stdout, "data");
  const started = process.hrtime.bigint();
  const attempt = () => openJournal(path, { openedAt });
  expect(attempt).toThrow(JournalFault);
  expect(attempt).toThrow(`process ${owner.pid} on ${hostname()} has had it open since 2026-11-23 09:15:00 in India`);
  expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(2_000);

  const reader = readJournal(path); // beside the owner, who goes on appending
  const before = reader.heads().get("leader:1");
  expect(verifyJournal(reader).flaws).toEqual([]);
  expect(reader.heads().get("leader:1")).toBe(before);
  reader.close();

  owner.kill("SIGKILL");
  await once(owner, "close");
  const next = openJournal(path, { openedAt });
  expect(verifyJournal(next).flaws).toEqual([]);
  next.close();
});

/** What a power cut leaves of the log's end: nothing of it from some byte on, or bytes that were never written. */
type Cut = { readonly kind: "missing" | "garbage"; readonly permille: number };

const cut: fc.Arbitrary<Cut> = fc.record({ kind: fc.constantFrom("missing", "garbage"), permille: fc.integer({ min: 0, max: 1_000 }) });

test("a log that ends anywhere leaves whole batches only, and the next process goes on from the last of them (R8)", { timeout: 60_000 }, () => {
  const path = join(folder, "whole.db");
  const owner = openJournal(path, { openedAt });
  for (let index = 0; index < 30; index += 1) {
    const record = { type: "order-seen", at: index, pad: "x".repeat(index * 50) };
    owner.append([
      { stream: "leader:1", expected: index, records: [record] },
      { stream: "follower:2", expected: index * 2, records: [record, record] },
    ]);
  }
  const after = join(folder, "after.db");
  let kept = new Set<number>();
  fc.assert(
    fc.property(cut, ({ kind, permille }) => {
      for (const part of ["", "-wal", "-shm"]) rmSync(`${after}${part}`, { force: true });
      copyFileSync(path, after);
      copyFileSync(`${path}-wal`, `${after}-wal`);
      const from = Math.floor((permille * statSync(`${after}-wal`).size) / 1_000);
      if (kind === "missing") truncateSync(`${after}-wal`, from);
      else writeFileSync(`${after}-wal`, Buffer.from(readFileSync(`${after}-wal`)).fill(0xa5, from));

      const journal = openJournal(after, { openedAt });
      const batches = journal.heads().get("leader:1") ?? 0;
      kept = kept.add(batches);
      expect(journal.heads().get("follower:2") ?? 0).toBe(batches * 2);
      expect(verifyJournal(journal)).toMatchObject({ records: batches * BATCH_RECORDS, flaws: [] });
      journal.append([{ stream: "leader:1", expected: batches, records: [{ type: "order-seen", at: 1 }] }]);
      expect([...journal.read()]).toHaveLength(batches * BATCH_RECORDS + 1);
      journal.close();
    }),
    { numRuns: 60 },
  );
  owner.close();
  expect(kept.size).toBeGreaterThan(5); // the cuts did take batches away: otherwise nothing was tried
});
