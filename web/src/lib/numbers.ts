const formats = new Map<string, Intl.NumberFormat>();

/** A number as people of this browser's language write it. */
export function formatNumber(value: number, locale?: string): string {
  let format = formats.get(locale ?? "");
  if (!format) {
    format = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
    formats.set(locale ?? "", format);
  }
  return format.format(value);
}

/**
 * Reads a whole number however its thousands are parted: `12 000`, `12,000`, `12.000`, `12’000`.
 * Null for the empty text, NaN for what is no such number.
 */
export function parseWholeNumber(text: string): number | null {
  const plain = text.replace(/[\s\u00a0\u202f'’_]/g, "");
  if (plain === "") return null;
  const grouped = /^\d{1,3}([.,]\d{3})+$/.test(plain) ? plain.replace(/[.,]/g, "") : plain;
  return /^\d{1,15}$/.test(grouped) ? Number(grouped) : Number.NaN;
}
