/** A command to the running copier and what it answers, as they travel over its control socket. */
import { z } from "zod";
import type { NamedScope } from "../../domain/halt/answer.ts";
import type { ClientId } from "../../domain/identity.ts";
import type { CommandResult } from "../../engine/command.ts";
import { copyDocument, copyJson } from "./status-document.ts";

/** The body of POST /halt and of POST /resume. Neither name: all copies. */
export const narrowing = z
  .strictObject({ copy: z.string().optional(), account: z.string().optional() })
  .refine(({ copy, account }) => copy === undefined || account === undefined, {
    message: "a copy or an account, not both",
  });
export type Narrowing = z.infer<typeof narrowing>;

export const commandDocument = z.discriminatedUnion("result", [
  z.object({
    result: z.literal("done"),
    /** False: it was so already. */
    changed: z.boolean(),
    /** Halts that ended by it, of copies that open again. */
    lifted: z.array(copyDocument),
    /** Every copy as it stands now. */
    copies: z.array(copyDocument),
  }),
  z.object({ result: z.literal("unknown-name"), of: z.enum(["copy", "account"]), name: z.string(), known: z.array(z.string()) }),
  z.object({ result: z.literal("failed"), why: z.string() }),
]);
export type CommandDocument = z.infer<typeof commandDocument>;

export function scopeOf({ copy, account }: Narrowing): NamedScope {
  if (copy !== undefined) return { of: "copy", name: copy };
  return account === undefined ? { of: "all" } : { of: "account", name: account };
}

export function commandJson(result: CommandResult, nameOf: (client: ClientId) => string): CommandDocument {
  if (result.result === "failed") return result;
  if (result.result === "unknown-name") return { ...result, known: [...result.known] };
  const { changed, before, after } = result;
  const lifted = before.filter(({ copy, halt }) => halt !== undefined && after.some((one) => one.copy === copy && one.halt === undefined));
  return { result: "done", changed, lifted: lifted.map((one) => copyJson(one, nameOf)), copies: after.map((one) => copyJson(one, nameOf)) };
}
