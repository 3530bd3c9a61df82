/** Names and numbers that must not be mixed up. Each is a text; the constructors are the only way to make one. */
declare const kind: unique symbol;
type Id<K extends string> = string & { readonly [kind]: K };

/** The name a person gave an account in the configuration; may change, so nothing durable is derived from it. */
export type AccountId = Id<"account">;
/** The name of a copy in the configuration. */
export type CopyId = Id<"copy">;
/** Dhan's number of an account. */
export type ClientId = Id<"client">;
/** Dhan's number of an order: opaque, decimal, too long to be a number (reference 2.1). */
export type OrderId = Id<"order">;
/** What we write on an order so that it can be found again (R9). */
export type CorrelationId = Id<"correlation">;
/** Unique only within an exchange segment (reference 9.3). */
export type SecurityId = Id<"security">;

export const accountId = (text: string): AccountId => text as AccountId;
export const copyId = (text: string): CopyId => text as CopyId;
export const clientId = (text: string): ClientId => text as ClientId;
export const orderId = (text: string): OrderId => text as OrderId;
export const correlationId = (text: string): CorrelationId => text as CorrelationId;
export const securityId = (text: string): SecurityId => text as SecurityId;
