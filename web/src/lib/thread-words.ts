/** How much something hurts the customer, as words. */
export const PAIN_WORDS = {
  UNKNOWN: "unknown",
  LOW: "low",
  MEDIUM: "medium",
  HIGH: "high",
} as const;
