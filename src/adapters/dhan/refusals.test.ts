import { expect, test } from "vitest";
import { judge } from "./refusals.ts";

const error = (errorCode: string | number, errorMessage = "") => ({ errorType: "Order_Error", errorCode, errorMessage });

// biome-ignore format: a table is read by its columns
test.each([
  ["a token that has expired",                401, error("DH-901", "Client ID or user generated access token is invalid or expired."), "TOKEN_DEAD"],
  ["a dead token told as an order error",     400, error("DH-906", "Invalid Token"),                                                   "TOKEN_DEAD"],
  ["a dead token on market data",             401, { data: { 808: "Authentication Failed - Client ID or Token invalid" }, status: "failed" }, "TOKEN_DEAD"],
  ["an expired token in remarks",             400, { status: "failed", remarks: { error_code: "807" } },                               "TOKEN_DEAD"],
  ["an invalid token by number",              401, error(809),                                                                         "TOKEN_DEAD"],
  ["the portal's word for a bad token",       401, { status: "failure", errorType: "AUTH_ERROR", errorCode: "AUTH001", errorMessage: "x" }, "TOKEN_DEAD"],
  ["a status of 401 with nothing else",       401, undefined,                                                                          "TOKEN_DEAD"],
  ["no access to the trading API",            403, error("DH-902", "User has not subscribed"),                                         "NO_ACCESS"],
  ["a segment that is not active",            400, error("DH-903", "Segment not active"),                                              "NO_ACCESS"],
  ["data not subscribed",                     200, error(806, "Data APIs not subscribed"),                                             "NO_ACCESS"],
  ["an unknown client id",                    400, error("810"),                                                                       "NO_ACCESS"],
  ["too many requests",                       429, error("DH-904", "Too many requests"),                                               "RATE_LIMIT"],
  ["too many requests, typed otherwise",      429, { errorType: "Input_Exception", errorCode: "DH-904", errorMessage: "x" },           "RATE_LIMIT"],
  ["the portal's word for too many requests", 429, { status: "failure", errorType: "RATE_LIMIT_ERROR", errorCode: "RL001", errorMessage: "x" }, "RATE_LIMIT"],
  ["too many requests, by a gateway",         429, undefined,                                                                          "RATE_LIMIT"],
  ["too many connections",                    400, error(805),                                                                         "RATE_LIMIT"],
  ["a wrong source address",                  400, error("DH-905", "Invalid IP"),                                                      "ADDRESS_NOT_ALLOWED"],
  ["a wrong source address, by a rumour",     400, error("DH-911", "address refused"),                                                 "ADDRESS_NOT_ALLOWED"],
  ["a bad field",                             400, error("DH-905", "Missing required fields, bad values for parameters etc."),         "INPUT_INVALID"],
  ["an invalid security id",                  400, error(813),                                                                         "INPUT_INVALID"],
  ["the portal's word for bad input",         400, { status: "failure", errorType: "VALIDATION_ERROR", errorCode: "E001", errorMessage: "x" }, "INPUT_INVALID"],
  ["the market closed",                       400, error("DH-906", "Market is Closed! You cannot modify/cancel an order now."),       "MARKET_CLOSED"],
  ["an order that has ended",                 400, error("DH-906", "Nothing to Cancel . "),                                            "NOT_OPEN"],
  ["one change too many",                     400, error("DH-906", "Maximum modification limit reached"),                              "MODIFICATION_CAP"],
  ["a stop on the wrong side",                400, error("DH-906", "Trigger Price should be greater than Price"),                      "TRIGGER_CROSSED"],
  ["an order refused for money",              400, error("DH-906", "Insufficient funds"),                                              "MARGIN_SHORT"],
  ["an order refused in other words",         400, error("DH-906", "Incorrect request for order and cannot be processed"),             "ORDER_REFUSED"],
  ["no data",                                 400, error("DH-907", "No data"),                                                         "NO_DATA"],
  ["no data, in the old shape",               400, { errorCode: "NONE", httpStatus: "BAD_REQUEST", internalErrorCode: "RS-9005", internalErrorMessage: "Data not available" }, "NO_DATA"],
  ["an unknown path",                         404, { timestamp: 1, status: 404, error: "Not Found", path: "/v2/x" },                   "NOT_FOUND"],
  ["an error that comes with HTTP 200",       200, error("DH-905", "Invalid IP"),                                                      "ADDRESS_NOT_ALLOWED"],
] as const)("%s (HTTP %i) is the refusal it is", (_what, status, body, code) => {
  expect(judge(status, body)).toMatchObject({ is: "refused", refusal: { code } });
});

// biome-ignore format: a table is read by its columns
test.each([
  ["an internal error",                     500, error("DH-908", "Internal Server Error")],
  ["a network error inside Dhan",           502, error("DH-909")],
  ["any other error, whatever its status",  400, error("DH-910")],
  ["an internal error with HTTP 200",       200, error("DH-908")],
  ["the sandbox's order error",             500, error("DH-906", "Incorrect request for order and cannot be processed")],
  ["a dead token told with HTTP 500",       500, error("DH-906", "Invalid Token")],
  ["a gateway that gave up",                504, undefined],
  ["a code that nobody knows",              400, error("DH-999", "Something new")],
  ["an error without a code, with HTTP 200", 200, { errorType: "Something", errorMessage: "went wrong" }],
  ["a failure without a reason",            200, { status: "failed" }],
  ["a status of 400 with nothing else",     400, undefined],
  ["a redirect",                            302, undefined],
] as const)("%s (HTTP %i) proves nothing (R10)", (_what, status, body) => {
  expect(judge(status, body)).toMatchObject({ is: "doubt" });
});

test.each([{}, [], undefined, { orderId: "1", orderStatus: "TRANSIT" }, { status: "success", data: {} }, { message: "IP saved", status: "SUCCESS" }])(
  "%j with HTTP 200 is no error",
  (body) => {
    expect(judge(200, body)).toEqual({ is: "fine" });
  },
);

test("the broker's own words are kept for people, and not without end", () => {
  expect(judge(400, error("DH-905", "Invalid IP"))).toMatchObject({ refusal: { brokerSaid: "HTTP 400 DH-905 Invalid IP" } });
  const verdict = judge(400, error("DH-905", "x".repeat(5_000)));
  expect(verdict.is === "refused" ? verdict.refusal.brokerSaid.length : 0).toBe(300);
});
