/** What a halt or a resume has come to, in words: what is halted now, and what was lifted. */
import type { CommandDocument } from "../control/command-document.ts";
import type { CopyDocument } from "../control/status-document.ts";
import { table } from "./table.ts";

type Done = Extract<CommandDocument, { result: "done" }>;

export function haltText(command: "halt" | "resume", { changed, lifted, copies }: Done): string {
  const halted = copies.filter(({ halt }) => halt !== undefined);
  const strangers = lifted.filter(({ halt }) => halt?.by === "stranger");
  return [
    ...(changed ? [] : ["Nothing changed: it was so already."]),
    ...lifted.map(({ copy, halt }) => `${copy} opens again. Lifted: ${halt === undefined ? "" : haltWords(halt)}`),
    ...(strangers.length === 0 ? [] : ["Make sure that no second copier runs on these accounts: its next order halts them anew."]),
    ...standingLines(copies, halted),
    ...(command === "resume" && changed ? ["What was refused meanwhile stays refused, until the leader changes his order."] : []),
    ...(command === "halt" ? ["Cancels, reductions and exits go on. Orders that rest at the brokers stay, and may fill."] : []),
    "",
  ].join("\n");
}

function standingLines(copies: readonly CopyDocument[], halted: readonly CopyDocument[]): readonly string[] {
  if (halted.length === 0) return [`No copy is halted${copies.length === 1 ? "" : `; all ${copies.length} open what their guards let through`}.`];
  const heading =
    halted.length === copies.length ? "Halted, and opening nothing: every copy." : `Halted, and opening nothing: ${halted.length} of ${copies.length} copies.`;
  return [
    heading,
    ...table(halted.map(({ copy, leader, follower, halt }) => [`  ${copy}`, `${leader} > ${follower}`, halt === undefined ? "" : haltWords(halt)])),
  ];
}

/** `the operator's halt of all copies, since 2026-11-23 10:15:02`. */
export function haltWords({ by, over, since, why }: NonNullable<CopyDocument["halt"]>): string {
  const at = since.slice(0, 19).replace("T", " ");
  return by === "operator"
    ? `the operator's halt of ${over}, since ${at}`
    : `the halt of ${over}, since ${at}, because ${why ?? "a stranger's order was seen"}`;
}
