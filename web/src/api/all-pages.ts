export interface Page<T> {
  data: T[];
  page: { cursor: string | null; has_more: boolean };
}

/** All pages of a list that is known to be small. */
export async function allPages<T>(
  load: (query: { limit: number; cursor?: string }) => Promise<Page<T>>,
  limit = 200,
): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await load({ limit, ...(cursor !== null && { cursor }) });
    found.push(...page.data);
    cursor = page.page.has_more ? page.page.cursor : null;
  } while (cursor !== null);
  return found;
}
