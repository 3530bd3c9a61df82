/** What the broker's REST server answers, and its error bodies as recorded (reference 10.4). */
import type { Dialect } from "./dialect.ts";

export interface Reply {
  readonly status: number;
  /** JSON text; empty when there is no body. */
  readonly body: string;
}

export function ok(body: string): Reply {
  return { status: 200, body };
}

/** The normal error shape of the trading API. */
export function refusal(status: number, errorType: string, errorCode: string, errorMessage: string): Reply {
  return { status, body: JSON.stringify({ errorType, errorCode, errorMessage }) };
}

const BAD_INPUT = "Missing required fields, bad values for parameters etc.";

/** Dhan says only the first sentence; the rest is for whoever debugs a client here. */
export function badInput(detail?: string): Reply {
  return refusal(400, "Input_Exception", "DH-905", detail === undefined ? BAD_INPUT : `${BAD_INPUT} ${detail}`);
}

export function orderRefused(why: string): Reply {
  return refusal(400, "Order_Error", "DH-906", why);
}

export function noData(): Reply {
  return refusal(400, "Data_Error", "DH-907", "System is unable to fetch data due to incorrect parameters or no data present");
}

/** The generic input code: only the message tells that it is the address (reference 1.5). */
export function wrongAddress(): Reply {
  return refusal(400, "Input_Exception", "DH-905", "Invalid IP");
}

/** The recorded body of a 429 says `Input_Exception`. */
export function tooManyRequests(): Reply {
  return refusal(429, "Input_Exception", "DH-904", "Too many requests on server from single user breaching rate limits. Try throttling API calls.");
}

export function deadToken(dialect: Dialect): Reply {
  if (dialect.deadToken === "DH-906") return orderRefused("Invalid Token");
  return refusal(401, "Invalid_Authentication", "DH-901", "Client ID or user generated access token is invalid or expired.");
}

export function deadDataToken(): Reply {
  return { status: 401, body: JSON.stringify({ data: { "808": "Authentication Failed - Client ID or Token invalid" }, status: "failed" }) };
}

/** The shape of a path that the server does not know. */
export function unknownPath(path: string, at: number): Reply {
  return { status: 404, body: JSON.stringify({ timestamp: Math.floor(at), status: 404, error: "Not Found", path }) };
}

export function correlationMiss(dialect: Dialect, path: string, at: number): Reply {
  switch (dialect.correlationMiss) {
    case "DH-905":
      return badInput();
    case "DH-906":
      return orderRefused("Incorrect request for order and cannot be processed");
    case "DH-907":
      return noData();
    case "404":
      return unknownPath(path, at);
    case "empty":
      return ok("[]");
  }
}
