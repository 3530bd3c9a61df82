/**
 * Defaults of the design whose mechanism is not built yet (design section 6). A user who left a key out is told at start
 * that the default he may have read about does nothing. Whoever builds one deletes its row here.
 */
export const NOT_ACTIVE: readonly string[] = [
  "dhan.auth is not active in this version: tokens are made elsewhere, and read from where each account's token says",
];
