/** What the simulator starts with when nobody says otherwise: three accounts and a handful of instruments. The money is not real. */
import { fileURLToPath } from "node:url";
import type { AccountOptions } from "../wire/accounts.ts";

export const SAMPLE_ACCOUNTS: readonly AccountOptions[] = [
  { clientId: "1000000001", token: "simulated-meera", name: "meera", funds: 1_000_000 },
  { clientId: "1000000002", token: "simulated-arjun", name: "arjun", funds: 500_000 },
  { clientId: "1000000003", token: "simulated-kabir", name: "kabir", funds: 250_000 },
];

/** A compact instrument file: NIFTY and SENSEX options, index futures, four shares. */
export const SAMPLE_INSTRUMENTS: string = fileURLToPath(new URL("./instruments.csv", import.meta.url));
