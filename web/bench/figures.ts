import { writeFileSync } from "node:fs";

/** A figure, what it may be at the most, and how it is said. */
export interface Figure {
  name: string;
  value: number;
  most: number;
  text: string;
}

const ranked = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

export function quantile(values: readonly number[], part: number): number {
  const sorted = ranked(values);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** Judged by its 95th percentile, or by its median. */
export function ofMany(
  name: string,
  values: readonly number[],
  most: number,
  by: "p95" | "median" = "p95",
): Figure {
  const [middle, high] = [quantile(values, 0.5), quantile(values, 0.95)];
  const text = `median ${middle.toFixed(0)} ms, p95 ${high.toFixed(0)} ms of ${values.length}`;
  return { name, value: by === "p95" ? high : middle, most, text };
}

export function ofOne(name: string, value: number, most: number, unit: string): Figure {
  return { name, value, most, text: `${value.toFixed(value < 10 ? 3 : 0)} ${unit}`.trim() };
}

/** Leaves the figures for whoever started the run. */
export function keep(figures: readonly Figure[]): void {
  const file = process.env["LOOPLANE_FIGURES"];
  if (file) writeFileSync(file, JSON.stringify(figures));
  for (const { name, text, value, most } of figures) {
    console.log(`${value <= most ? "ok  " : "MISS"} ${name}: ${text} (at most ${most})`);
  }
}
