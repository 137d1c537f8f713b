export type PainLevel = "UNKNOWN" | "LOW" | "MEDIUM" | "HIGH";

/** How much something hurts the customer, with the bars that show it. */
export const PAIN: Readonly<Record<PainLevel, { label: string; bars: number }>> = {
  HIGH: { label: "High", bars: 3 },
  MEDIUM: { label: "Medium", bars: 2 },
  LOW: { label: "Low", bars: 1 },
  UNKNOWN: { label: "Unknown", bars: 0 },
};

export const PAIN_LEVELS = Object.keys(PAIN) as PainLevel[];
