/**
 * How much later than it came a broker under load may note a request, in ms. What lies between two requests is told from when the broker
 * noted each, so that a time which the copier kept to the millisecond can look shorter by this.
 */
export const NOTED_LATE_MS = 250;
